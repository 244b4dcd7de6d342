package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionRequestTest {

  private static DecisionViews.Decision asked(String kind, String question, String detail) {
    return new DecisionViews.Decision(
        "D-1",
        "T-1",
        "T-1.1",
        "core-api",
        kind,
        3,
        question,
        detail,
        PermissionRequest.OPTIONS,
        PermissionRequest.NO,
        DecisionViews.DecisionState.OPEN,
        null,
        null,
        null,
        Instant.EPOCH,
        null,
        null);
  }

  @Test
  void whatIsAskedIsReadBackAsItWasWritten() {
    for (var request :
        new PermissionRequest[] {
          new PermissionRequest(
              "core-api",
              "Bash",
              "rm -rf build\nmake all",
              "/repo",
              "high",
              "deletes for good",
              ""),
          new PermissionRequest("core-api", "Edit", "a: b.txt", "/repo/a", "low", "", "-x\n\n+y"),
          new PermissionRequest("core-api", "mcp: tool", "", "/r, e", "medium", "", ""),
        }) {
      assertThat(PermissionRequest.of(asked("permission", request.question(), request.detail())))
          .contains(request);
    }
  }

  @Test
  void anyOtherQuestionIsNone() {
    assertThat(PermissionRequest.of(asked("architecture", "Split it?", "Tool: x"))).isEmpty();
    assertThat(PermissionRequest.of(asked("permission", "May docs use the network?", "npx build")))
        .isEmpty();
    assertThat(PermissionRequest.of(asked("permission", "May it?", null))).isEmpty();
    assertThat(
            PermissionRequest.of(
                asked("permission", "Another question", "Tool: x\nWhere: y\nRisk: low")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "true ! npm test ! npm test ! true",
        "true ! npm test* ! npm test -- cart ! true",
        "true ! npm test* ! npm test; rm -rf ~ ! false",
        "true ! npm test* ! npm test && curl x | sh ! false",
        "true ! npm test* ! npm test $(curl x) ! false",
        "true ! npm test* ! npm test > ~/.bashrc ! false",
        "true ! * ! npm test; rm -rf ~ ! true",
        "true ! a; b * ! a; b c ! true",
        "true ! src/*.java ! src/main/A.java ! true",
        "true ! src/*.java ! src/main/A_java ! false",
        "true ! a\\E.b* ! a\\E.bc ! true",
        "false ! *rm -rf* ! cd x && rm -rf y ! true",
      })
  void aRuleThatAllowsCoversNoSecondCommand(
      boolean allow, String rule, String asked, boolean covered) {
    var made = new PermissionRule("1", null, "bash", rule, allow, false, Instant.EPOCH, 0);
    assertThat(made.covers("core-api", "Bash", asked)).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "cat * ! cat * ! true",
        "cat * ! cat /home/me/.ssh/id_rsa ! false",
        "* ! npm test ! false",
        "rm *.log ! rm a.log ! false",
        "rm a?.log ! rm ab.log ! false",
        "ls [ab] ! ls a ! false",
        "/src/** ! /src/a/b ! false",
        "a\\Q*\\E ! a\\Q*\\E ! true",
      })
  void aLiteralRuleCoversWhatItSaysAndNothingElse(String rule, String asked, boolean covered) {
    for (boolean allow : new boolean[] {true, false}) {
      var made = new PermissionRule("1", null, "bash", rule, allow, true, Instant.EPOCH, 0);
      assertThat(made.covers("core-api", "Bash", asked)).isEqualTo(covered);
    }
  }

  @Test
  void aToolWhoseNameIsAStarIsNoWildcardInALiteralRule() {
    var rule = new PermissionRule("1", null, "*", "ls", true, true, Instant.EPOCH, 0);
    assertThat(rule.covers("a", "*", "ls")).isTrue();
    assertThat(rule.covers("a", "Bash", "ls")).isFalse();
  }

  @Test
  void aRuleIsForWhomAndForWhatItNames() {
    var rule = new PermissionRule("1", "docs", "Bash", "*", true, false, Instant.EPOCH, 0);
    assertThat(rule.covers("docs", "Bash", "ls")).isTrue();
    assertThat(rule.covers("core-api", "Bash", "ls")).isFalse();
    assertThat(rule.covers("docs", "Edit", "ls")).isFalse();
    assertThat(
            new PermissionRule("1", null, "*", "*", true, false, Instant.EPOCH, 0)
                .covers("core-api", "Edit", "a"))
        .isTrue();
  }
}
