package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.forge.CheckRollup;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.PullDraft;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One change and its pull request: reads both sides, does the {@link NextStep}, writes down what
 * came of it. Each step may be done again after a crash without doing anything twice.
 */
final class PullSync {
  private static final int SUBJECTS = 20;
  private static final int SUMMARY = 2_000;
  private static final List<String> OWNERS_FILES =
      List.of(".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS");

  private final Store store;
  private final Repository repository;
  private final ChangeReview review;
  private final ChangeReconciler changes;
  private final BranchPush pushes;
  private final CommentExchange comments;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;
  private final Clock clock;

  /**
   * @param masked takes secrets out of what goes out
   */
  PullSync(
      Store store,
      Repository repository,
      ChangeReview review,
      ChangeReconciler changes,
      Supplier<String> ids,
      UnaryOperator<String> masked,
      Clock clock) {
    this.store = store;
    this.repository = repository;
    this.review = review;
    this.changes = changes;
    this.pushes = new BranchPush(repository, masked);
    this.comments = new CommentExchange(store, ids, masked);
    this.ids = ids;
    this.masked = masked;
    this.clock = clock;
  }

  /** What is known here of a change. */
  private record Here(Change change, String prompt, boolean done, ForgeLedger.@Nullable Row row) {
    long number() {
      return change.number();
    }

    NextStep.Local local() {
      return new NextStep.Local(
          change.state(),
          change.head(),
          done,
          change.state() == ChangeState.QUEUED,
          change.merge(),
          row == null ? null : row.pushed(),
          row == null ? 0 : row.rounds(),
          row == null ? null : row.returnedHead(),
          row == null ? null : row.returnedAt());
    }
  }

  /**
   * @param login whose token it is; empty where nobody says
   * @throws ForgeException where GitHub is not to be used now; what concerns this change alone is
   *     written down with it
   */
  void sync(Forge forge, GitHubConfig config, String login, long number) {
    var here = here(number);
    var row = here.row();
    if (row == null) {
      var step = NextStep.of(here.local(), null, config, clock.instant());
      if (step instanceof ForgeStep.Publish) {
        comments.exchange(forge, number, publish(forge, config, login, here));
      }
      return;
    }
    var remote = forge.read(row.number());
    try {
      var now = act(forge, config, here, row, remote);
      if (now.state() == PullState.OPEN) {
        comments.exchange(forge, number, now);
      }
    } catch (ForgeException e) {
      if (e.kind() != ForgeException.Kind.REJECTED && e.kind() != ForgeException.Kind.MISSING) {
        throw e;
      }
      seen(number, remote, false, e.getMessage(), e.fault().hint());
    }
  }

  private Here here(long number) {
    return store.read(
        sql -> {
          var change = ChangeLedger.view(sql, "C-" + number);
          var task = TaskLedger.get(sql, change.task());
          return new Here(
              change,
              task.prompt(),
              task.state() == TaskState.DONE,
              ForgeLedger.row(sql, number).orElse(null));
        });
  }

  /**
   * @return the pull request as it is then
   */
  private RemotePull act(
      Forge forge, GitHubConfig config, Here here, ForgeLedger.Row row, RemotePull remote) {
    long number = here.number();
    switch (NextStep.of(here.local(), remote, config, clock.instant())) {
      case ForgeStep.Publish _ -> {} // only where there is none
      case ForgeStep.Done _ -> seen(number, remote, true, null, null);
      case ForgeStep.Rest _ -> seen(number, remote, false, null, null);
      case ForgeStep.Ask ask -> seen(number, remote, false, ask.problem(), ask.remedy());
      case ForgeStep.Push _ -> {
        push(config, here, row);
        return edited(forge, config, here, row, forge.read(row.number()));
      }
      case ForgeStep.SendBack back -> {
        seen(number, remote, false, null, null);
        sendBack(here, row, back, remote, config);
      }
      case ForgeStep.Merge _ -> {
        forge.merge(remote.number(), here.change().head());
        return act(forge, config, here, row, forge.read(remote.number()));
      }
      case ForgeStep.Settle settle -> settle(here, remote, settle);
      case ForgeStep.Close close -> {
        return close(forge, config, here, remote, close);
      }
    }
    return remote;
  }

  private RemotePull publish(Forge forge, GitHubConfig config, String login, Here here) {
    var change = here.change();
    pushes.push(config.remote(), change.branch(), change.head(), null);
    String body = body(config, here);
    // One that is there was opened by Hivedeck before it was ended, or by a person.
    var there = forge.find(change.branch()).filter(p -> adopts(p, change));
    var pull =
        there.orElseGet(
            () ->
                forge.open(
                    new PullDraft(
                        change.branch(),
                        repository.main(),
                        masked.apply(PullText.title(change)),
                        body,
                        config.pulls().draft())));
    boolean written = PullText.digest(pull.body()).equals(PullText.digest(body));
    written(
        tx ->
            ForgeLedger.opened(
                tx,
                here.number(),
                pull,
                change.head(),
                written ? PullText.digest(body) : null,
                "pull request %d %s for #%d %s"
                    .formatted(
                        pull.number(),
                        there.isPresent() ? "taken over" : "opened",
                        change.number(),
                        change.title())));
    var refused =
        pull.state() == PullState.OPEN
            ? dress(forge, config, login, change, pull.number())
            : Optional.<ForgeException>empty();
    var now = forge.read(pull.number());
    seen(
        here.number(),
        now,
        false,
        refused.map(ForgeException::getMessage).orElse(null),
        refused.map(e -> e.fault().hint()).orElse(null));
    return now;
  }

  private static boolean adopts(RemotePull pull, Change change) {
    return pull.state() == PullState.OPEN
        || pull.state() == PullState.MERGED && pull.head().equals(change.head());
  }

  /** Labels and reviewers: what is refused of them keeps nothing else. */
  private Optional<ForgeException> dress(
      Forge forge, GitHubConfig config, String login, Change change, int number) {
    try {
      if (!config.pulls().labels().isEmpty()) {
        forge.label(number, config.pulls().labels());
      }
      var owners = config.pulls().owners() ? owners(change, login) : List.<String>of();
      if (!owners.isEmpty()) {
        forge.review(number, owners);
      }
      return Optional.empty();
    } catch (ForgeException e) {
      if (e.kind() != ForgeException.Kind.REJECTED && e.kind() != ForgeException.Kind.MISSING) {
        throw e;
      }
      return Optional.of(e);
    }
  }

  /** As main has it: what a change says of its own owners does not count. */
  private List<String> owners(Change change, String login) {
    for (String file : OWNERS_FILES) {
      var text = repository.git().objects().run("show", repository.tip() + ":" + file);
      if (text.ok()) {
        var files =
            repository.changed(change.base(), change.head()).stream()
                .map(ChangedFile::path)
                .toList();
        return PullText.owners(text.out(), files, login);
      }
    }
    return List.of();
  }

  private String body(GitHubConfig config, Here here) {
    var change = here.change();
    var log =
        repository
            .git()
            .objects()
            .run(
                "log",
                "--reverse",
                "--no-merges",
                "--format=%s",
                "-n",
                Integer.toString(SUBJECTS),
                change.base() + ".." + change.head());
    int issue = store.read(sql -> IssueTasks.issue(sql, change.task()));
    var subjects = log.ok() ? log.out().lines().distinct().toList() : List.<String>of();
    return masked.apply(PullText.body(config, change, here.prompt(), subjects, issue));
  }

  private void push(GitHubConfig config, Here here, ForgeLedger.Row row) {
    pushes.push(config.remote(), here.change().branch(), here.change().head(), row.pushed());
    written(tx -> ForgeLedger.pushed(tx, here.number(), here.change().head()));
  }

  /** The body follows the change, unless a person has written another. */
  private RemotePull edited(
      Forge forge, GitHubConfig config, Here here, ForgeLedger.Row row, RemotePull remote) {
    String body = body(config, here);
    String digest = PullText.digest(body);
    String last = row.body();
    if (last != null && last.equals(PullText.digest(remote.body())) && !last.equals(digest)) {
      forge.edit(remote.number(), remote.title(), body);
      written(tx -> ForgeLedger.body(tx, here.number(), digest));
    }
    seen(here.number(), remote, false, null, null);
    return remote;
  }

  private void sendBack(
      Here here,
      ForgeLedger.Row row,
      ForgeStep.SendBack back,
      RemotePull remote,
      GitHubConfig config) {
    String text = reasons(back, remote, row.rounds() + 1, config.rounds());
    written(
        tx -> {
          review.sendBack(
              tx, here.change().id(), ChangeReview.GITHUB, masked.apply(text), List.of());
          ForgeLedger.returned(tx, here.number(), here.change().head());
        });
  }

  /** What the agent is told. Only what people say counts who may write to the repository. */
  private static String reasons(ForgeStep.SendBack back, RemotePull remote, int round, int most) {
    var text = new StringBuilder();
    text.append("Pull request %d, round %d of %d:%n".formatted(remote.number(), round, most));
    back.reasons().forEach(reason -> text.append("- ").append(reason).append('\n'));
    for (var check : CheckRollup.of(remote.checks()).failing()) {
      text.append("\nCheck ").append(check.name()).append(" failed");
      text.append(check.url() == null ? "" : ", see " + check.url()).append(".\n");
      text.append(check.summary().isEmpty() ? "" : cut(check.summary()) + "\n");
    }
    for (var note : remote.notes()) {
      if (note.trusted() && !note.resolved() && !note.own()) {
        String place = note.file() == null ? "" : " on " + note.file() + ":" + note.line();
        text.append("\n%s says%s:%n%s%n".formatted(note.author(), place, cut(note.text())));
      }
    }
    return text.toString();
  }

  private static String cut(String text) {
    return text.length() <= SUMMARY ? text : text.substring(0, SUMMARY) + "…";
  }

  /** Merged there: it counts once main has it here. */
  private void settle(Here here, RemotePull remote, ForgeStep.Settle settle) {
    var merge = onMain(settle.merge()).or(() -> onMain(here.change().head()));
    if (merge.isPresent() && here.change().state() != ChangeState.MERGING) {
      changes.onMain(here.change().id(), merge.get());
      seen(here.number(), remote, true, null, null);
    } else {
      seen(
          here.number(),
          remote,
          false,
          "it was merged on GitHub, and main does not have it yet",
          "Pull " + repository.main() + " (git pull); then it counts as merged here too.");
    }
  }

  private Optional<String> onMain(String commit) {
    return repository.has(commit) ? repository.mergeOf(commit) : Optional.empty();
  }

  private RemotePull close(
      Forge forge, GitHubConfig config, Here here, RemotePull remote, ForgeStep.Close close) {
    if (here.change().state() == ChangeState.MERGED && config.merge() == MergedBy.QUEUE) {
      pushes.pushMain(config.remote());
      var now = forge.read(remote.number());
      if (now.state() != PullState.OPEN) {
        seen(here.number(), now, true, null, null);
        return now;
      }
      // GitHub marks it merged by itself where main has its commit, a moment later.
      if (onMain(now.head()).isPresent() && !waited(here)) {
        seen(here.number(), now, false, null, null);
        return now;
      }
    }
    comments.exchange(forge, here.number(), remote);
    String mark = PullText.mark("closed", here.change().id());
    if (!forge.hasComment(remote.number(), mark)) {
      forge.comment(remote.number(), close.why() + "\n\n" + mark);
    }
    forge.close(remote.number());
    var now = forge.read(remote.number());
    seen(here.number(), now, now.state() != PullState.OPEN, null, null);
    return now;
  }

  /** Whether GitHub has had time to see that main has it. */
  private boolean waited(Here here) {
    var merged = here.change().mergedAt();
    return merged != null && clock.instant().isAfter(merged.plus(ForgeSync.SEES));
  }

  private void seen(
      long number,
      RemotePull remote,
      boolean done,
      @Nullable String problem,
      @Nullable String remedy) {
    written(tx -> ForgeLedger.seen(tx, number, remote, done, problem, remedy));
  }

  private interface Writing {
    void run(Tx tx) throws SQLException;
  }

  private void written(Writing what) {
    store.write(
        ids.get(),
        tx -> {
          what.run(tx);
          return null;
        });
  }
}
