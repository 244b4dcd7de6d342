package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.List;

/**
 * How fit a change is to merge, as a score with its reasons. The score only sorts: 100 less the
 * points of every obstacle, never below 0, and never above {@link #BLOCKED} while one of them
 * blocks. What a person cleared costs nothing and does not block.
 *
 * <p>Points, where no other weights are configured: a failed gate 25, a warned one 10; approval
 * that is needed 10; more lines than should be, one for each 20, 25 at most; a conflict with main
 * 15, with another change 8, 16 for all; sent back 15; no gate at all 10; tests that went 10, fewer
 * test cases or asserts 5; new dependencies 3; commits behind main, one for each 10, 5 at most;
 * attempts after the second 2 each, 6 at most; what breaks others 15, what is too large to tell 5;
 * a migration that is edited or takes data away 10; owners who did not approve 10; hot files 5;
 * more dollars than wanted 5; a gate that fails by chance 3; comments that nobody has resolved 5; a
 * section that its description lacks 1, 5 at most; a canary of it that was rolled back 15.
 */
public record ChangeHealth(int score, List<Obstacle> obstacles) {
  static final int BLOCKED = 40;

  private static final int NAMED = 3;

  public static ChangeHealth of(ChangeFacts facts) {
    var found = new Obstacles(facts);
    gates(facts, found);
    size(facts, found);
    conflicts(facts, found);
    pull(facts, found);
    CanaryVerdict.add(facts, found);
    review(facts, found);
    comments(facts, found);
    tests(facts, found);
    rest(facts, found);
    others(facts, found);
    var all = found.all();
    int score = 100 - all.stream().mapToInt(Obstacle::points).sum();
    if (all.stream().anyMatch(Obstacle::blocks)) {
      score = Math.min(score, BLOCKED);
    }
    return new ChangeHealth(Math.max(0, score), all);
  }

  /** The obstacles as {@code -25 gate tests: 3 failed}; one line that all is well where none is. */
  public List<String> reasons(long lines) {
    return obstacles.isEmpty()
        ? List.of("+0 all gates passed, " + Plural.of(lines, "line"))
        : obstacles.stream()
            .map(o -> (o.points() == 0 ? "+0 " : "-" + o.points() + " ") + o.text())
            .toList();
  }

  private static void gates(ChangeFacts facts, Obstacles found) {
    for (GateResult gate : facts.gates()) {
      if (gate.outcome() == Outcome.PASSED) {
        continue;
      }
      boolean failed = gate.outcome() == Outcome.FAILED;
      found.add(
          new Obstacle(
              ObstacleKind.GATE,
              failed && !facts.over(),
              failed ? 25 : 10,
              "gate " + gate.gate() + ": " + gate.summary(),
              failed ? "send it back with what the gate found" : "look at what it found",
              gate.gate()));
    }
    if (facts.gates().isEmpty() && facts.state() != ChangeState.MERGED) {
      found.warn(
          ObstacleKind.UNCHECKED,
          10,
          "nothing was checked: no gate judges this work",
          "name gates in hive.yaml, such as your tests");
    }
  }

  private static void size(ChangeFacts facts, Obstacles found) {
    long lines = facts.diff().lines();
    var size = facts.size();
    if (lines <= size.warn()) {
      return;
    }
    boolean blocks = lines > size.max() && !facts.over() && facts.review() != ReviewState.APPROVED;
    found.add(
        new Obstacle(
            ObstacleKind.SIZE,
            blocks,
            (int) Math.min(25, (lines - size.warn()) / 20),
            "%s to read, at most %s wanted"
                .formatted(
                    Plural.of(lines, "line"),
                    Plural.number(lines > size.max() ? size.max() : size.warn())),
            blocks ? "split it, or approve it and say why it stays one" : "split it",
            null));
  }

  private static void conflicts(ChangeFacts facts, Obstacles found) {
    var encounters =
        facts.encounters().stream().filter(e -> e.meeting() == Meeting.CONFLICT).toList();
    boolean main =
        facts.state() == ChangeState.CONFLICTED
            || encounters.stream().anyMatch(e -> e.with().equals(Forecast.MAIN));
    if (main) {
      var files =
          encounters.stream()
              .filter(e -> e.with().equals(Forecast.MAIN))
              .flatMap(e -> e.files().stream())
              .toList();
      found.add(
          new Obstacle(
              ObstacleKind.CONFLICT,
              !facts.over(),
              15,
              "conflicts with main" + in(files),
              "merge it: its agent brings it in on top of main",
              Forecast.MAIN));
    }
    int left = 16;
    for (Encounter other : encounters) {
      if (!other.with().equals(Forecast.MAIN)) {
        String number = "#" + other.with().substring(2);
        boolean costs =
            found.add(
                new Obstacle(
                    ObstacleKind.CONFLICT,
                    false,
                    Math.min(left, 8),
                    "conflicts with " + number + in(other.files()),
                    "merge the one first that is harder to redo",
                    other.with()));
        left -= costs ? Math.min(left, 8) : 0;
      }
    }
    if (facts.forecast() != null && !facts.over() && facts.forecast().behind() >= 10) {
      int behind = facts.forecast().behind();
      found.warn(
          ObstacleKind.BEHIND,
          Math.min(5, behind / 10),
          Plural.of(behind, "commit") + " behind main",
          "merge it soon, or send it back to be updated");
    }
  }

  private static String in(List<String> files) {
    return files.isEmpty() ? "" : " in " + Plural.some(files, NAMED);
  }

  private static void review(ChangeFacts facts, Obstacles found) {
    if (!facts.risks().isEmpty()) {
      found.warn(
          ObstacleKind.APPROVAL,
          10,
          RiskText.words(facts.risks()),
          "read these files, then approve");
    }
    if (facts.review() == ReviewState.RETURNED && !facts.over()) {
      found.add(
          new Obstacle(
              ObstacleKind.RETURNED,
              true,
              15,
              "sent back by review",
              facts.agent() + " works on it",
              null));
    }
    if (!facts.undescribed().isEmpty() && !facts.over()) {
      var missing = facts.undescribed().stream().map(DescriptionSection::word).toList();
      found.warn(
          ObstacleKind.DESCRIPTION,
          Math.min(5, missing.size()),
          "nobody has said: " + String.join(", ", missing),
          "say it (describe), or send it back to be told");
    }
    if (!facts.questions().isEmpty()) {
      found.add(
          new Obstacle(
              ObstacleKind.QUESTION,
              true,
              0,
              Plural.of(facts.questions().size(), "question") + " of its task to you",
              "answer",
              String.join(",", facts.questions())));
    }
  }

  private static void comments(ChangeFacts facts, Obstacles found) {
    if (facts.comments() > 0 && !facts.over()) {
      found.warn(
          ObstacleKind.COMMENTS,
          5,
          Plural.of(facts.comments(), "comment") + " that nobody has resolved",
          "see whether it is done, and resolve it");
    }
  }

  private static void tests(ChangeFacts facts, Obstacles found) {
    var diff = facts.diff();
    if (!diff.deletedTests().isEmpty()) {
      found.add(
          new Obstacle(
              ObstacleKind.TESTS,
              false,
              10,
              "deletes tests: " + Plural.some(diff.deletedTests(), NAMED),
              "ask why, or send it back",
              null));
    }
    if (diff.lostTests() > 0 || diff.lostAsserts() > 0) {
      found.add(
          new Obstacle(
              ObstacleKind.TESTS,
              false,
              5,
              diff.lostTests() > 0
                  ? Plural.of(diff.lostTests(), "test case") + " fewer than before"
                  : Plural.of(diff.lostAsserts(), "assert") + " fewer than before",
              "look at what the tests no longer say",
              null,
              Obstacle.code(ObstacleKind.TESTS, "fewer"),
              null));
    }
  }

  private static void rest(ChangeFacts facts, Obstacles found) {
    var dependencies = facts.diff().dependencies();
    if (!dependencies.isEmpty()) {
      found.warn(
          ObstacleKind.DEPENDENCIES,
          3,
          "new dependencies: " + Plural.some(dependencies, NAMED),
          "check their upkeep and licence");
    }
    int attempts = facts.spent().attempts();
    if (attempts > 2) {
      found.warn(
          ObstacleKind.ATTEMPTS,
          Math.min(6, 2 * (attempts - 2)),
          Plural.of(attempts, "attempt") + " so far",
          "a smaller task may do better");
    }
    double wanted = facts.health().cost();
    if (wanted > 0 && facts.spent().cost() > wanted) {
      found.warn(
          ObstacleKind.COST,
          5,
          "$%.2f spent, at most $%.2f wanted".formatted(facts.spent().cost(), wanted),
          "a smaller task may do better");
    }
    for (GateResult gate : facts.gates()) {
      int flakes = facts.flaky().getOrDefault(gate.gate(), 0);
      if (flakes > 0) {
        found.add(
            new Obstacle(
                ObstacleKind.FLAKY,
                false,
                3,
                "gate %s failed %s by chance of late"
                    .formatted(gate.gate(), Plural.of(flakes, "time")),
                "mend it: what it says is worth less",
                gate.gate()));
      }
    }
  }

  private static void pull(ChangeFacts facts, Obstacles found) {
    var pull = facts.pull();
    if (pull != null && !facts.over()) {
      found.warn(ObstacleKind.PULL, 10, pull.problem(), pull.remedy());
    }
  }

  private static void others(ChangeFacts facts, Obstacles found) {
    var survey = facts.survey();
    if (!survey.contracts().isEmpty()) {
      found.warn(
          ObstacleKind.CONTRACT,
          15,
          "breaks others: " + Plural.some(survey.contracts(), NAMED),
          "keep what they rely on, and add beside it");
    }
    if (!survey.unread().isEmpty()) {
      found.add(
          new Obstacle(
              ObstacleKind.CONTRACT,
              false,
              5,
              "too large to compare: " + Plural.some(survey.unread(), NAMED),
              "look whether it keeps what others rely on, or split it",
              null,
              Obstacle.code(ObstacleKind.CONTRACT, "unread"),
              null));
    }
    if (!survey.migrations().isEmpty()) {
      found.warn(
          ObstacleKind.MIGRATION,
          10,
          "not undone by a revert: " + Plural.some(survey.migrations(), NAMED),
          "leave what has run as it is, and add a migration");
    }
    if (!survey.hot().isEmpty()) {
      found.warn(
          ObstacleKind.HOT,
          5,
          "large and changed often: " + Plural.some(survey.hot(), NAMED),
          "look twice, or have the file split");
    }
    if (!survey.owners().isEmpty() && !facts.over()) {
      found.warn(
          ObstacleKind.OWNERS,
          10,
          "owned by " + Plural.some(survey.owners(), NAMED),
          "ask one of them, then clear it with what they said");
    }
  }
}
