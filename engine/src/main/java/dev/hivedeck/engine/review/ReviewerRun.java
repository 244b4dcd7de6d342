package dev.hivedeck.engine.review;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.budget.AgentSpending;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.budget.Spender;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.comment.AgentReviewLedger.Begun;
import dev.hivedeck.engine.change.comment.AgentReviewLedger.Outcome;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.review.ReviewConfig;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.preparation.AgentConfinement;
import dev.hivedeck.engine.preparation.AgentEnvironment;
import dev.hivedeck.engine.preparation.AttemptFiles;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.worktree.Worktrees;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look of an agent at a change: in a checkout of its own, which is thrown away, with no way to
 * the engine and no files that git ignores.
 */
public final class ReviewerRun {
  private static final int LINES = 5_000;
  private static final int LONGEST_PATH = 300;

  private final Ledger ledger;
  private final Repository repository;
  private final Worktrees worktrees;
  private final AttemptFiles files;
  private final AgentConfinement confinement;
  private final Map<String, Driver> drivers;
  private final BudgetTracker budgets;
  private final Redactor redactor;
  private final SecretValues secrets;
  private final Runnable watch;
  private final double speed;

  /**
   * @param exchange holds what agents are handed as files
   * @param secluded all that Hivedeck keeps
   * @param drivers by the word that {@code hive.yaml} uses
   * @param watch looks at the user's git, before and after
   * @param speed pace of scripted agents; 1 is real
   */
  public ReviewerRun(
      Ledger ledger,
      Repository repository,
      Worktrees worktrees,
      Path exchange,
      Path secluded,
      Map<String, Driver> drivers,
      BudgetTracker budgets,
      Redactor redactor,
      SecretValues secrets,
      Runnable watch,
      double speed) {
    this.ledger = ledger;
    this.repository = repository;
    this.worktrees = worktrees;
    this.files = new AttemptFiles(exchange);
    this.confinement = new AgentConfinement(repository, files, () -> worktrees.secluded(secluded));
    this.drivers = drivers;
    this.budgets = budgets;
    this.redactor = redactor;
    this.secrets = secrets;
    this.watch = watch;
    this.speed = speed;
  }

  /** What came of one. */
  record Result(List<LineComment> comments, Outcome outcome) {}

  ReviewListener listener(AgentSpec agent, Spender spender, ReviewConfig config) {
    budgets.begins(agent, spender);
    return new ReviewListener(
        new AgentSpending(budgets, agent, spender), config.most(), redactor::redact);
  }

  /** What it used is in the ledger. */
  void over(Spender spender) {
    budgets.ends(spender);
  }

  Spender spender(Begun review, String correlation) {
    String change = "C-" + review.change();
    return new Spender(
        ledger.read(sql -> ChangeLedger.get(sql, change).task()),
        change + "@" + review.head(),
        correlation);
  }

  /** What a task asks for, in words. */
  String asked(Sql sql, String task) throws SQLException {
    String prompt = TaskLedger.get(sql, task).prompt();
    return prompt == null ? "" : prompt;
  }

  /** As long as that is said to be, at the pace of scripted agents. */
  Duration paced(Duration said) {
    return TimeScale.shorten(said, speed);
  }

  String redact(String text) {
    return redactor.redact(text);
  }

  /**
   * Looks.
   *
   * @param asked what its task asks for
   * @throws InterruptedException when the engine ends
   */
  Result run(
      AgentSpec reviewer,
      Begun review,
      Change change,
      String asked,
      ReviewListener listener,
      HiveConfig config)
      throws InterruptedException {
    var agent = reviewer.reading();
    String name = "review-" + change.id();
    watch.run();
    var runs = ReviewerCode.changed(repository, agent, review.head());
    if (!runs.isEmpty()) {
      return unseen(agent, runs, listener);
    }
    var diff = Diffs.between(repository.git(), change.base(), review.head(), LINES);
    try (var checkout = worktrees.checkouts(name, review.head(), null)) {
      var folder = checkout.clean();
      String kind = agent.format() == null ? agent.driver().word() : agent.format();
      var driver = Objects.requireNonNull(drivers.get(kind));
      RunResult result;
      try {
        result = driver.run(request(agent, review, change, asked, diff, folder, config), listener);
      } finally {
        listener.ended();
        ProcessTree.endCarrying(Set.of(review.key()));
        files.close(name);
      }
      return result(result, listener, diff, wrote(folder, review.head()));
    } finally {
      watch.run();
    }
  }

  /** It does not begin where its own program would do what the change says. */
  private Result unseen(AgentSpec agent, List<String> runs, ReviewListener listener) {
    String more = runs.size() == 1 ? "" : " and " + Plural.of(runs.size() - 1, "more file");
    return new Result(
        List.of(),
        new Outcome(
            AgentReviewState.FAILED,
            null,
            "Nothing was run: the change has %s%s, which %s would obey or run. Read it yourself."
                .formatted(
                    TextFormat.shorten(redactor.redact(runs.getFirst()), LONGEST_PATH),
                    more,
                    agent.name()),
            0,
            0,
            listener.spent(),
            listener.unpriced()));
  }

  private RunRequest request(
      AgentSpec agent,
      Begun review,
      Change change,
      String asked,
      FileDiffs diff,
      Path folder,
      HiveConfig config) {
    String name = "review-" + change.id();
    String prompt = ReviewPrompt.of(agent.role(), change, diff, asked, config.review());
    var file = files.open(name, prompt);
    var environment = AgentEnvironment.of(agent, secrets);
    environment.put("HIVEDECK_WORKSPACE", repository.root().toString());
    environment.put("HIVEDECK_TASK", change.task());
    environment.put("HIVEDECK_CHANGE", change.id());
    environment.put("HIVEDECK_PROMPT_FILE", file.toString());
    environment.put(ProcessTree.MARK, review.key());
    environment.put(
        "GIT_CEILING_DIRECTORIES", Objects.requireNonNull(folder.getParent()).toString());
    var quiet = config.defaults().quiet();
    return new RunRequest(
        repository.root().toString(),
        change.task(),
        name,
        1,
        1,
        agent.name(),
        agent.run(),
        new RunRequest.Setup(agent.model(), agent.sandbox(), agent.program(), agent.args()),
        null,
        agent.recipe(),
        folder,
        file,
        prompt,
        environment,
        config.review().timeout(),
        quiet,
        AgentEnvironment.quota(agent),
        speed,
        confinement.policy(name, agent, folder, SandboxLauncher.here()),
        true);
  }

  /** Whether it has changed files of its checkout; what it did to them goes with them. */
  private boolean wrote(Path folder, String head) {
    try (var compared = worktrees.checkouts("", head, folder)) {
      return compared.hasOwn() ? !compared.differences().isEmpty() : true;
    }
  }

  private Result result(RunResult result, ReviewListener listener, FileDiffs diff, boolean wrote) {
    var places = new NotePlaces(diff, redactor::redact);
    var state =
        listener.overtaken()
            ? AgentReviewState.OVERTAKEN
            : result.ok()
                ? AgentReviewState.DONE
                : result.reason().outage() ? AgentReviewState.WAITING : AgentReviewState.FAILED;
    boolean counts = state == AgentReviewState.DONE || state == AgentReviewState.FAILED;
    List<LineComment> comments =
        counts ? listener.notes().stream().map(places::place).toList() : List.of();
    String summary = listener.summary();
    return new Result(
        comments,
        new Outcome(
            state,
            summary,
            detail(result, listener, comments, wrote),
            comments.size(),
            listener.leftOut(),
            listener.spent(),
            listener.unpriced()));
  }

  private @Nullable String detail(
      RunResult result, ReviewListener listener, List<LineComment> comments, boolean wrote) {
    var words = new ArrayList<String>();
    if (listener.overtaken()) {
      words.add("The change went on before it was done.");
    } else if (!result.ok()) {
      words.add(redactor.redact(result.detail()));
    } else if (comments.isEmpty() && listener.summary() == null) {
      words.add("It said nothing.");
    }
    if (listener.refused() > 0) {
      words.add(
          "It asked for %s, and got none.".formatted(Plural.of(listener.refused(), "permission")));
    }
    if (listener.leftOut() > 0) {
      words.add(Plural.of(listener.leftOut(), "more comment") + " left out.");
    }
    if (wrote) {
      words.add("It changed files, which were thrown away.");
    }
    return words.isEmpty() ? null : String.join(" ", words);
  }
}
