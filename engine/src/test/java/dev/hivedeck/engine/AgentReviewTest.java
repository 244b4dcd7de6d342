package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReview;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An agent looks at a change before a person does, and holds nothing up whatever it does. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class AgentReviewTest {
  @TempDir Path folder;

  private TestRepository sandbox;

  /**
   * With a change of two files that waits for a person.
   *
   * @param review what the agent does that looks at it
   */
  private Engine open(String review, String config) {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        agents:
          a: { driver: command, run: sh tools/agent.sh }
          critic: { driver: command, run: sh tools/review.sh, role: You read with care. }
        decisions: { default: { human: required } }
        changes: { review: { agent: critic%s } }
        """
            .formatted(config));
    sandbox.write(
        "tools/agent.sh",
        "seq 9 > work.txt; echo more > other.txt\n"
            + "cp \"$HIVEDECK_PROMPT_FILE\" told.txt\n"
            + "grep -q 'asks for more' \"$HIVEDECK_PROMPT_FILE\" && seq 3 > work.txt; true\n");
    sandbox.write("tools/review.sh", review);
    sandbox.commit("Set up");
    var engine = sandbox.open();
    TestRepository.begin(
        engine,
        "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: Count to nine. }\n",
        1);
    return engine;
  }

  private static String comment(String file, int line, String text) {
    return "echo '{\"hivedeck\":\"comment\",\"file\":\"%s\",\"line\":%d,\"text\":\"%s\"}'\n"
        .formatted(file, line, text);
  }

  private static Change change(Engine engine) {
    return TestRepository.changes(engine).getFirst();
  }

  private static AgentReview reviewed(Engine engine) {
    TestRepository.await(
        "looked at",
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(
                    c ->
                        c.agentReviews().stream()
                            .anyMatch(r -> r.state() != AgentReviewState.RUNNING)));
    return change(engine).agentReviews().getLast();
  }

  @Test
  void whatItSaysIsAdviceThatAsksForNothingUntilItIsSentBack() throws Exception {
    String spends = "echo '{\"hivedeck\":\"usage\",\"in\":1000,\"out\":50,\"cost\":0.25}'\n";
    try (Engine engine =
        open(
            spends
                + comment("work.txt", 3, "Why three?")
                + comment("other.txt", 0, "Is it needed?")
                + "cp \"$HIVEDECK_PROMPT_FILE\" '"
                + folder.resolve("prompt.txt")
                + "'\nenv > '"
                + folder.resolve("env.txt")
                + "'\necho Mostly fine.\n",
            "")) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.agent()).isEqualTo("critic");
      assertThat(review.summary()).isEqualTo("Mostly fine.");
      assertThat(review.comments()).isEqualTo(2);
      assertThat(review.tokens()).isEqualTo(1050);
      assertThat(review.cost()).isEqualTo(0.25);
      assertThat(review.detail()).isNull();
      assertThat(Files.readString(folder.resolve("prompt.txt")))
          .contains("You read with care.", "Count to nine.", "### work.txt", "     3 +3");
      assertThat(Files.readString(folder.resolve("env.txt")))
          .doesNotContain("HIVEDECK_TOKEN", "HIVEDECK_API");

      var change = change(engine);
      assertThat(change.state()).isEqualTo(ChangeState.OPEN);
      assertThat(change.head()).isEqualTo(review.head());
      assertThat(change.comments())
          .extracting(c -> c.author() + " " + c.file() + ":" + c.line() + " " + c.advisory())
          .containsExactly("critic work.txt:3 true", "critic other.txt:0 true");
      assertThat(change.comments()).noneMatch(Comment::unresolved);
      assertThat(change.verdict().obstacles())
          .extracting(o -> o.kind())
          .doesNotContain(ObstacleKind.COMMENTS);

      long first = change.comments().getFirst().id();
      engine.execute(
          new CommentCommand.ReturnAdvice("C-1", List.of(first), "Only this one."), null);
      assertThat(change(engine).comments())
          .filteredOn(c -> c.id() == first)
          .allMatch(c -> !c.advisory() && c.unresolved());
      TestRepository.await(
          "worked on",
          engine,
          () ->
              change(engine).state() == ChangeState.OPEN
                  && !change(engine).head().equals(review.head()));
      assertThat(sandbox.git("show", change(engine).head() + ":told.txt"))
          .contains("Only this one.", "work.txt:3 Why three?")
          .doesNotContain("Is it needed?");
    }
  }

  @Test
  void oneThatIsHostileLeavesNothingButAWord() {
    var many = new StringBuilder();
    for (int i = 1; i <= 300; i++) {
      many.append(comment("work.txt", 1 + i % 9, "Number " + i));
    }
    try (Engine engine =
        open(
            comment("nowhere.txt", 7, "Not in it")
                + comment("work.txt", 4000, "Beyond it")
                + "echo '{\"hivedeck\":\"comment\",\"line\":'\n"
                + many
                + "echo gone > work.txt; git commit -qam hostile; git branch mine\n"
                + "touch '"
                + folder.resolve("ran")
                + "'\n",
            ", comments: 4")) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.comments()).isEqualTo(4);
      assertThat(review.leftOut()).isEqualTo(298);
      assertThat(review.detail())
          .contains("298 more comments left out.", "It changed files, which were thrown away.");
      var change = change(engine);
      assertThat(change.comments())
          .extracting(c -> c.file() + ":" + c.line() + " " + c.text())
          .startsWith("null:0 nowhere.txt:7: Not in it", "work.txt:0 Line 4000: Beyond it");
      assertThat(change.commits()).as("what it committed counts for nothing").isEqualTo(1);
      assertThat(sandbox.git("branch", "--list", "mine")).isBlank();
      engine.execute(new Command.ApproveChange("C-1", null, null), null);
      TestRepository.await("merged", engine, () -> change(engine).state() == ChangeState.MERGED);
    }
  }

  @Test
  void oneThatFailsOrIsSilentOrLateSaysSo() {
    try (Engine engine =
        open(comment("work.txt", 1, "Said before") + "echo no key >&2; exit 3\n", "")) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.FAILED);
      assertThat(review.detail()).contains("exit 3").contains("no key");
      assertThat(change(engine).comments()).hasSize(1);
      assertThat(review.cost()).as("it did not tell").isNull();
    }
  }

  @Test
  void oneThatSaysNothingIsToldAsSuch() {
    try (Engine engine = open("true\n", "")) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.detail()).isEqualTo("It said nothing.");
    }
  }

  @Test
  void oneThatIsLateIsEnded() {
    try (Engine engine = open("sleep 600\n", ", timeout: 1s")) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.FAILED);
      assertThat(review.detail()).isNotBlank();
    }
  }

  @Test
  void aPersonNeedNotWaitForIt() {
    try (Engine engine =
        open("touch '" + folder.resolve("began") + "'; sleep 600\n", ", timeout: 1h")) {
      TestRepository.await("it looks", engine, () -> Files.exists(folder.resolve("began")));
      engine.execute(new Command.ApproveChange("C-1", null, null), null);
      TestRepository.await("merged", engine, () -> change(engine).state() == ChangeState.MERGED);
      assertThat(reviewed(engine).state()).isEqualTo(AgentReviewState.OVERTAKEN);
    }
  }

  @Test
  void oneThatTheEngineCutOffIsBegunAgain() {
    String once =
        "if [ -e '%1$s' ]; then echo Fine.; else touch '%1$s'; sleep 600; fi\n"
            .formatted(folder.resolve("began"));
    try (Engine engine = open(once, ", timeout: 1h")) {
      TestRepository.await("it looks", engine, () -> Files.exists(folder.resolve("began")));
    }
    try (Engine engine = sandbox.open()) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.summary()).isEqualTo("Fine.");
      assertThat(change(engine).agentReviews()).hasSize(1);
    }
  }

  @Test
  void onlyAdviceIsSentBackAsAdvice() {
    try (Engine engine = open("true\n", "")) {
      reviewed(engine);
      assertThatThrownBy(
              () -> engine.execute(new CommentCommand.ReturnAdvice("C-1", null, null), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("no advice");
      engine.execute(new CommentCommand.Say("C-1", "Mine.", "work.txt", 1, null, null), null);
      long mine = change(engine).comments().getLast().id();
      assertThatThrownBy(
              () ->
                  engine.execute(new CommentCommand.ReturnAdvice("C-1", List.of(mine), null), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("no advice");
    }
  }
}
