package dev.hivedeck.engine.change.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.change.health.ChangeFacts.PullTrouble;
import dev.hivedeck.engine.change.health.ChangeFacts.Spent;
import dev.hivedeck.engine.config.ChangeSize;
import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.config.health.HealthWeights;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Cleared;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The verdict says one thing to do; the score sorts and never hides what blocks. */
class ChangeHealthTest {
  private static final GateResult PASSED = gate(Outcome.PASSED);

  private static GateResult gate(Outcome outcome) {
    return new GateResult("tests", "attempt", outcome, "3 of 9 failed", List.of(), 1);
  }

  private static DiffFacts lines(long lines) {
    return new DiffFacts(lines, 0, List.of(), 0, 0, List.of());
  }

  private static ChangeFacts facts(ChangeState state, TaskState task) {
    return new ChangeFacts(
        state,
        null,
        ReviewState.WANTED,
        "core-api",
        List.of(PASSED),
        List.of(),
        lines(184),
        ChangeSize.STANDARD,
        task,
        new Spent(1, 0),
        List.of(),
        0,
        null,
        "4f1c",
        HealthConfig.STANDARD,
        ChangeSurvey.NOTHING,
        Map.of(),
        null,
        List.of(),
        List.of());
  }

  private static ChangeFacts of(
      ChangeFacts f, ReviewState review, DiffFacts diff, int questions, Forecast forecast) {
    return new ChangeFacts(
        f.state(),
        f.reason(),
        review,
        f.agent(),
        f.gates(),
        f.risks(),
        diff,
        f.size(),
        f.task(),
        f.spent(),
        IntStream.rangeClosed(1, questions).mapToObj(i -> "D-" + i).toList(),
        f.comments(),
        forecast,
        f.head(),
        f.health(),
        f.survey(),
        f.flaky(),
        f.pull(),
        f.undescribed(),
        f.clearances());
  }

  private static Verdict verdict(ChangeFacts facts) {
    return Verdicts.of(facts, ChangeHealth.of(facts).obstacles());
  }

  @Test
  void oneThingIsNextAndSomebodyHasTheBall() {
    var open = facts(ChangeState.OPEN, TaskState.DONE);
    assertThat(verdict(open).text()).isEqualTo("Review 184 lines");
    assertThat(verdict(open).action()).isEqualTo(NextAction.APPROVE);
    assertThat(verdict(of(open, ReviewState.WANTED, lines(184), 1, null)).text())
        .isEqualTo("Answer 1 question");
    assertThat(verdict(of(open, ReviewState.WANTED, lines(1_240), 0, null)).action())
        .isEqualTo(NextAction.EXPLAIN);
    assertThat(verdict(facts(ChangeState.QUEUED, TaskState.DONE)).holder()).isEqualTo(Holder.QUEUE);
    assertThat(verdict(facts(ChangeState.DRAFT, TaskState.RUNNING)).text())
        .isEqualTo("With core-api, attempt 1");
    assertThat(verdict(facts(ChangeState.DRAFT, TaskState.VALIDATING)).holder())
        .isEqualTo(Holder.GATES);
    assertThat(verdict(facts(ChangeState.BLOCKED, TaskState.DEAD)).holder()).isEqualTo(Holder.YOU);
    assertThat(verdict(facts(ChangeState.BLOCKED, TaskState.DONE)).action())
        .isEqualTo(NextAction.RETRY);
    assertThat(verdict(facts(ChangeState.MERGED, TaskState.DONE)).holder())
        .isEqualTo(Holder.NOBODY);
  }

  @Test
  void whatBlocksAndWhatWarnsAreTold() {
    var open = facts(ChangeState.OPEN, TaskState.DONE);
    var forecast =
        new Forecast(
            "C-3",
            "abc",
            42,
            List.of(
                new Encounter("C-4", Meeting.CONFLICT, List.of("orders.py")),
                new Encounter("C-5", Meeting.OVERLAP, List.of("orders.py")),
                new Encounter(Forecast.MAIN, Meeting.CONFLICT, List.of("api.py"))));
    var diff = new DiffFacts(640, 0, List.of("OrderTest.java"), 2, 0, List.of("left-pad"));
    var health = ChangeHealth.of(of(open, ReviewState.WANTED, diff, 0, forecast));
    assertThat(health.obstacles().stream().filter(Obstacle::blocks).map(Obstacle::text))
        .containsExactly("conflicts with main in api.py");
    assertThat(health.obstacles().stream().filter(o -> !o.blocks()).map(Obstacle::text))
        .containsExactly(
            "640 lines to read, at most 500 wanted",
            "conflicts with #4 in orders.py",
            "42 commits behind main",
            "deletes tests: OrderTest.java",
            "2 test cases fewer than before",
            "new dependencies: left-pad");
    assertThat(health.score()).isEqualTo(40);
    assertThat(health.obstacles()).allMatch(o -> !o.remedy().isBlank());
  }

  @Test
  void noGateIsNoPass() {
    var open = facts(ChangeState.OPEN, TaskState.DONE);
    var unchecked =
        new ChangeFacts(
            open.state(),
            null,
            ReviewState.NONE,
            "a",
            List.of(),
            List.of(),
            lines(3),
            ChangeSize.STANDARD,
            open.task(),
            new Spent(1, 0),
            List.of(),
            0,
            null,
            "4f1c",
            HealthConfig.STANDARD,
            ChangeSurvey.NOTHING,
            Map.of(),
            null,
            List.of(),
            List.of());
    assertThat(ChangeHealth.of(unchecked).reasons(3))
        .containsExactly("-10 nothing was checked: no gate judges this work");
  }

  @Test
  void aLargeChangeThatAPersonApprovedWithAReasonBlocksNoMore() {
    var open = facts(ChangeState.QUEUED, TaskState.DONE);
    var large = of(open, ReviewState.APPROVED, lines(5_000), 0, null);
    assertThat(ChangeHealth.of(large).obstacles()).noneMatch(Obstacle::blocks);
    assertThat(ChangeHealth.of(of(open, ReviewState.WANTED, lines(5_000), 0, null)).obstacles())
        .anyMatch(Obstacle::blocks);
  }

  @Test
  void theScoreIsWithinItsBoundsAndLowWhileSomethingBlocks() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var facts =
          new ChangeFacts(
              pick(random, ChangeState.values()),
              random.nextBoolean() ? "why" : null,
              pick(random, ReviewState.values()),
              "a",
              random
                  .ints(random.nextInt(6), 0, 3)
                  .mapToObj(n -> gate(Outcome.values()[n]))
                  .toList(),
              List.of(),
              new DiffFacts(
                  random.nextInt(5_000),
                  0,
                  random.nextBoolean() ? List.of("T.java") : List.of(),
                  random.nextInt(3),
                  random.nextInt(3),
                  List.of()),
              ChangeSize.STANDARD,
              pick(random, TaskState.values()),
              new Spent(random.nextInt(9), random.nextInt(9)),
              List.of("D-1", "D-2").subList(0, random.nextInt(3)),
              random.nextInt(3),
              null,
              "4f1c",
              weighed(
                  random.nextBoolean()
                      ? HealthWeights.STANDARD
                      : new HealthWeights(Map.of(ObstacleKind.GATE, random.nextInt(101))),
                  random.nextBoolean() ? Set.of() : Set.of(ObstacleKind.TESTS)),
              random.nextBoolean() ? ChangeSurvey.NOTHING : SURVEY,
              random.nextBoolean() ? Map.of() : Map.of("tests", 2),
              random.nextBoolean() ? null : new PullTrouble("it was closed", "Reopen it."),
              random.nextBoolean() ? List.of() : List.of(DescriptionSection.RISK),
              random.nextBoolean() ? List.of() : List.of(cleared("size", "4f1c", "x")));
      var health = ChangeHealth.of(facts);
      boolean blocked = health.obstacles().stream().anyMatch(Obstacle::blocks);
      assertThat(health.score()).as("seed %d, %s", seed, facts).isBetween(0, blocked ? 40 : 100);
      var verdict = Verdicts.of(facts, health.obstacles());
      assertThat(verdict.text()).isNotBlank();
      assertThat(verdict.holder() == Holder.YOU)
          .as("seed %d, %s", seed, facts)
          .isEqualTo(verdict.action() != NextAction.WAIT && verdict.action() != NextAction.NONE);
    }
  }

  private static final ChangeSurvey SURVEY =
      new ChangeSurvey(
          List.of("api/openapi.yaml removes GET /orders"),
          List.of("edits db/migrations/1.sql"),
          List.of("src/orders.py"),
          List.of("@ada"),
          List.of("api/huge.json"));

  private static HealthConfig weighed(HealthWeights weights, Set<ObstacleKind> blocking) {
    return new HealthConfig(weights, blocking, 5, List.of(), List.of(), List.of(), false);
  }

  private static ChangeFacts surveyed(ChangeFacts f, Set<ObstacleKind> blocking) {
    return new ChangeFacts(
        f.state(),
        f.reason(),
        f.review(),
        f.agent(),
        f.gates(),
        f.risks(),
        f.diff(),
        f.size(),
        f.task(),
        new Spent(1, 7.25),
        f.questions(),
        f.comments(),
        f.forecast(),
        f.head(),
        weighed(HealthWeights.STANDARD, blocking),
        SURVEY,
        Map.of("tests", 2),
        null,
        List.of(),
        List.of());
  }

  @Test
  void whatAChangeMeansToOthersIsTold() {
    var open = of(facts(ChangeState.OPEN, TaskState.DONE), ReviewState.WANTED, lines(9), 0, null);
    var health = ChangeHealth.of(surveyed(open, Set.of()));
    assertThat(health.obstacles().stream().map(Obstacle::text))
        .containsExactly(
            "$7.25 spent, at most $5.00 wanted",
            "gate tests failed 2 times by chance of late",
            "breaks others: api/openapi.yaml removes GET /orders",
            "too large to compare: api/huge.json",
            "not undone by a revert: edits db/migrations/1.sql",
            "large and changed often: src/orders.py",
            "owned by @ada");
    assertThat(health.obstacles()).noneMatch(Obstacle::blocks);
    assertThat(health.score()).isEqualTo(100 - 5 - 3 - 15 - 5 - 10 - 5 - 10);
  }

  @Test
  void aPullRequestThatNeedsAPersonIsTheirTurnAlsoInTheQueue() {
    var q = facts(ChangeState.QUEUED, TaskState.DONE);
    var facts =
        new ChangeFacts(
            q.state(),
            null,
            ReviewState.APPROVED,
            q.agent(),
            q.gates(),
            q.risks(),
            q.diff(),
            q.size(),
            q.task(),
            q.spent(),
            q.questions(),
            q.comments(),
            null,
            q.head(),
            q.health(),
            q.survey(),
            q.flaky(),
            new PullTrouble("its pull request was closed on GitHub without a merge", "Reopen it."),
            List.of(),
            List.of());
    assertThat(verdict(facts).holder()).isEqualTo(Holder.YOU);
    assertThat(verdict(facts).text()).isEqualTo("Look at its pull request");
    assertThat(verdict(facts).warnings().getFirst().remedy()).isEqualTo("Reopen it.");
  }

  @Test
  void aWorkspaceSaysWhichKindsBlock() {
    var open = of(facts(ChangeState.OPEN, TaskState.DONE), ReviewState.WANTED, lines(9), 0, null);
    var blocked = surveyed(open, Set.of(ObstacleKind.CONTRACT));
    assertThat(ChangeHealth.of(blocked).score()).isEqualTo(40);
    assertThat(verdict(blocked).blockers().stream().map(Obstacle::code))
        .containsExactly("contract", "contract:unread");
    assertThat(verdict(blocked).action()).isEqualTo(NextAction.CLEAR);
    var merged = surveyed(facts(ChangeState.MERGED, TaskState.DONE), Set.of(ObstacleKind.CONTRACT));
    assertThat(verdict(merged).blockers()).isEmpty();
  }

  private static Clearance cleared(String code, String head, String said) {
    return new Clearance(code, head, said, new Cleared("you", "it is well known", Instant.EPOCH));
  }

  private static ChangeFacts with(ChangeFacts f, HealthWeights weights, Clearance... clearances) {
    return new ChangeFacts(
        f.state(),
        f.reason(),
        f.review(),
        f.agent(),
        f.gates(),
        f.risks(),
        f.diff(),
        f.size(),
        f.task(),
        f.spent(),
        f.questions(),
        f.comments(),
        f.forecast(),
        f.head(),
        weighed(weights, Set.of()),
        f.survey(),
        f.flaky(),
        f.pull(),
        f.undescribed(),
        List.of(clearances));
  }

  @Test
  void whatIsClearedNeitherBlocksNorCostsAsLongAsItSaysTheSame() {
    var open = facts(ChangeState.OPEN, TaskState.DONE);
    var large = of(open, ReviewState.WANTED, lines(1_240), 1, null);
    var usual = HealthWeights.STANDARD;
    String said = "1,240 lines to read, at most 1,000 wanted";
    assertThat(ChangeHealth.of(large).score()).isEqualTo(40);
    var question = cleared("question:D-1", "older", "1 question of its task to you");
    var both = with(large, usual, cleared("size", "4f1c", said), question);
    assertThat(ChangeHealth.of(both).score()).isEqualTo(100);
    assertThat(verdict(both).blockers()).isEmpty();
    assertThat(verdict(both).warnings()).isEmpty();
    assertThat(verdict(both).cleared()).hasSize(2);
    assertThat(verdict(both).text()).isEqualTo("Review 1,240 lines");
    // A push that says another size, and another question, bring it back.
    var pushed = with(large, usual, cleared("size", "older", said), question);
    assertThat(verdict(pushed).blockers()).hasSize(1);
    var asked = with(of(open, ReviewState.WANTED, lines(9), 2, null), usual, question);
    assertThat(verdict(asked).blockers()).hasSize(1);
  }

  @Test
  void aCommitThatComesToMainBringsNoClearedObstacleBackAndNobodyClearsAConflictWithMain() {
    var behind = new Forecast("C-3", "4f1c", 42, List.of());
    var open = of(facts(ChangeState.OPEN, TaskState.DONE), ReviewState.WANTED, lines(9), 0, behind);
    var usual = HealthWeights.STANDARD;
    assertThat(ChangeHealth.of(with(open, usual, cleared("behind", "4f1c", "41 commits"))).score())
        .isEqualTo(100);
    assertThat(ChangeHealth.of(with(open, usual, cleared("behind", "older", "41 commits"))).score())
        .isEqualTo(96);
    var conflict =
        of(facts(ChangeState.CONFLICTED, TaskState.DONE), ReviewState.WANTED, lines(9), 0, null);
    var tried = with(conflict, usual, cleared("conflict:main", "4f1c", "conflicts with main"));
    assertThat(ChangeHealth.of(tried).obstacles()).anyMatch(Obstacle::blocks);
  }

  @Test
  void weightsSayWhatAnObstacleCosts() {
    var open = of(facts(ChangeState.OPEN, TaskState.DONE), ReviewState.WANTED, lines(9), 0, null);
    var diff = new DiffFacts(9, 0, List.of("T.java"), 1, 0, List.of("left-pad"));
    var some = of(open, ReviewState.WANTED, diff, 0, null);
    assertThat(ChangeHealth.of(some).score()).isEqualTo(100 - 10 - 5 - 3);
    var own = new HealthWeights(Map.of(ObstacleKind.TESTS, 40, ObstacleKind.DEPENDENCIES, 0));
    assertThat(ChangeHealth.of(with(some, own)).score()).isEqualTo(100 - 40 - 20);
  }

  private static <T> T pick(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }
}
