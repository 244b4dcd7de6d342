package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.PullDraft;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CodeOwnersFile;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Brings a change to GitHub: its commit, its text, its labels and reviewers. What is to be done is
 * written down before it is, so that it is known again after a crash.
 */
final class PullPublisher {
  private static final int SUBJECTS = 20;
  private static final String LABEL = "label:";
  private static final String REVIEW = "review:";

  private final Store store;
  private final Repository repository;
  private final BranchPush pushes;
  private final StackPublisher stacks;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what goes out
   */
  PullPublisher(
      Store store,
      Repository repository,
      BranchPush pushes,
      StackPublisher stacks,
      Supplier<String> ids,
      UnaryOperator<String> masked) {
    this.store = store;
    this.repository = repository;
    this.pushes = pushes;
    this.stacks = stacks;
    this.ids = ids;
    this.masked = masked;
  }

  /**
   * Pushes its branch, and opens a pull request or takes over the one that is there.
   *
   * @param login whose token it is, who reviews nothing of their own
   * @return its number
   */
  int publish(Forge forge, GitHubConfig config, String login, PulledChange here) {
    var change = here.change();
    push(config, change);
    String body = body(config, here);
    String base = Objects.requireNonNull(here.stack().base(), "it waits for what it stands on");
    // One that is there was opened by Hivedeck before it was ended, or by a person.
    var there = forge.find(change.branch()).filter(p -> adopts(p, change));
    var pull =
        there.orElseGet(
            () ->
                forge.open(
                    new PullDraft(
                        change.branch(),
                        base,
                        masked.apply(PullText.title(change)),
                        body,
                        config.pulls().draft())));
    boolean ours = PullText.digest(pull.body()).equals(PullText.digest(body));
    var undressed =
        pull.state() == PullState.OPEN ? wanted(config, login, change) : List.<String>of();
    store.update(
        ids.get(),
        tx ->
            ForgeLedger.opened(
                tx,
                change.number(),
                pull,
                ours ? PullText.digest(body) : null,
                undressed,
                "pull request %d %s for #%d %s"
                    .formatted(
                        pull.number(),
                        there.isPresent() ? "taken over" : "opened",
                        change.number(),
                        change.title())));
    return pull.number();
  }

  private static boolean adopts(RemotePull pull, Change change) {
    return pull.state() == PullState.OPEN
        || pull.state() == PullState.MERGED && pull.head().equals(change.head());
  }

  /** Brings its branch to its commit. */
  void push(GitHubConfig config, Change change) {
    long number = change.number();
    store.update(ids.get(), tx -> ForgeLedger.pushing(tx, number, change.head()));
    pushes.push(
        config.remote(),
        change.branch(),
        change.head(),
        store.read(sql -> ForgeLedger.pushed(sql, number)));
  }

  /**
   * Makes it one for the branch of what is below its change, or for main. One that a person has
   * made one for a branch of another kind stays so.
   *
   * @return as it is then
   */
  RemotePull retarget(Forge forge, PulledChange here, RemotePull remote) {
    String base = here.stack().base();
    String there = remote.base();
    if (base == null
        || remote.state() != PullState.OPEN
        || there.isEmpty()
        || there.equals(base)
        || here.local().over()
        || !store.read(sql -> PullStack.isOurs(sql, there, repository.main()))) {
      return remote;
    }
    stacks.leave(forge, remote.number());
    forge.retarget(remote.number(), base);
    return remote.onto(base);
  }

  /** The body follows the commit and the stack, unless a person has written another. */
  void follow(Forge forge, GitHubConfig config, PulledChange here, RemotePull remote) {
    var row = here.row();
    if (row == null
        || row.body() == null
        || row.head().equals(remote.head())
            && here.stack().isToldIn(remote.body())
            && remote.body().contains(PullText.said(here.change()))
        || !row.body().equals(PullText.digest(remote.body()))) {
      return;
    }
    String body = body(config, here);
    String digest = PullText.digest(body);
    if (!digest.equals(row.body())) {
      forge.edit(remote.number(), remote.title(), body);
      store.update(ids.get(), tx -> ForgeLedger.body(tx, here.number(), digest));
    }
  }

  private String body(GitHubConfig config, PulledChange here) {
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
    return masked.apply(PullText.body(config, here, subjects, issue));
  }

  // ── labels and reviewers ────────────────────────────────────────────────────────────────────

  private List<String> wanted(GitHubConfig config, String login, Change change) {
    var wanted = new ArrayList<String>();
    config.pulls().labels().forEach(label -> wanted.add(LABEL + label));
    if (config.pulls().owners()) {
      owners(change, login).forEach(owner -> wanted.add(REVIEW + owner));
    }
    return wanted;
  }

  /**
   * Gives it the labels and reviewers that it has not got yet. What is refused keeps none of the
   * others, and is tried again.
   *
   * @return what was refused
   */
  Optional<ForgeException> dress(Forge forge, GitHubConfig config, long change, int number) {
    var row = store.read(sql -> ForgeLedger.row(sql, change)).orElseThrow();
    if (row.undressed().isEmpty()) {
      return Optional.empty();
    }
    var labels = part(row.undressed(), LABEL);
    labels.retainAll(config.pulls().labels());
    var reviewers = config.pulls().owners() ? part(row.undressed(), REVIEW) : List.<String>of();
    var left = new ArrayList<String>();
    var refused = each(labels, some -> forge.label(number, some), LABEL, left);
    var others = each(reviewers, some -> forge.review(number, some), REVIEW, left);
    if (!left.equals(row.undressed())) {
      store.update(ids.get(), tx -> ForgeLedger.undressed(tx, change, left));
    }
    return refused.or(() -> others);
  }

  private static List<String> part(List<String> all, String kind) {
    return new ArrayList<>(
        all.stream().filter(w -> w.startsWith(kind)).map(w -> w.substring(kind.length())).toList());
  }

  /** All in one, and where that is refused each apart. */
  private static Optional<ForgeException> each(
      List<String> names, Consumer<List<String>> ask, String kind, List<String> left) {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    try {
      ask.accept(names);
      return Optional.empty();
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      if (names.size() == 1) {
        left.add(kind + names.getFirst());
        return Optional.of(e);
      }
    }
    Optional<ForgeException> refused = Optional.empty();
    for (String name : names) {
      var one = each(List.of(name), ask, kind, left);
      refused = refused.or(() -> one);
    }
    return refused;
  }

  /** As main has it: what a change says of its own owners does not count. */
  private List<String> owners(Change change, String login) {
    var file = CodeOwnersFile.of(repository.git().objects(), repository.tip());
    if (file.rules().isEmpty()) {
      return List.of();
    }
    var paths =
        repository.changed(change.base(), change.head()).stream().map(ChangedFile::path).toList();
    return PullText.owners(file, paths, login);
  }
}
