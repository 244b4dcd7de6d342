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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent looks at a change before a person does, and holds nothing up whatever it does. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class AgentReviewTest {
  private static final String WORK =
      "seq 9 > work.txt; echo more > other.txt\n"
          + "cp \"$HIVEDECK_PROMPT_FILE\" told.txt\n"
          + "grep -q 'asks for more' \"$HIVEDECK_PROMPT_FILE\" && seq 3 > work.txt; true\n";

  @TempDir Path folder;

  private TestRepository sandbox;

  /**
   * With a change of two files that waits for a person.
   *
   * @param review what the agent does that looks at it
   */
  private Engine open(String review, String config) {
    return open(
        "driver: command, run: sh tools/review.sh, role: You read with care.",
        review,
        config,
        WORK);
  }

  private Engine open(String critic, String review, String config, String work) {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        agents:
          a: { driver: command, run: sh tools/agent.sh }
          critic: { %s }
        decisions: { default: { human: required } }
        changes: { review: { agent: critic%s } }
        """
            .formatted(critic, config));
    sandbox.write("tools/agent.sh", work);
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
                            .anyMatch(
                                r ->
                                    r.state() != AgentReviewState.RUNNING
                                        && r.state() != AgentReviewState.WAITING)));
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
  void oneThatCannotLookNowIsBegunAgain() throws Exception {
    Path answers = folder.resolve("answers");
    try (Engine engine =
        open(
            comment("work.txt", 1, "Said before")
                + "[ -e '%s' ] || { no-such-program; exit 127; }\n".formatted(answers)
                + "echo Fine.\n",
            "")) {
      TestRepository.await(
          "waits",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .flatMap(c -> c.agentReviews().stream())
                  .anyMatch(r -> r.state() == AgentReviewState.WAITING));
      assertThat(change(engine).agentReviews().getLast().detail()).contains("no-such-program");
      assertThat(change(engine).comments()).as("it says them again").isEmpty();
    }
    try (Engine engine = sandbox.open()) { // it waits on, whatever happens to the engine
      Files.writeString(answers, "");
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.detail()).isNull();
      assertThat(change(engine).agentReviews()).hasSize(1);
      assertThat(change(engine).comments()).hasSize(1);
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

  @Test
  void oneThatWasNotAllowedSomethingHasLookedAllTheSame() throws Exception {
    Path program = folder.resolve("claude");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo '{"type":"system","subtype":"init","session_id":"s-1"}'
        read init; read task
        echo '{"type":"control_request","request_id":"r1","request":{"subtype":"can_use_tool",\
        "tool_name":"Bash","input":{"command":"git diff"},"tool_use_id":"t1"}}'
        read answer
        echo '{"type":"assistant","message":{"content":[{"type":"text","text":"Fine as it is."}]}}'
        echo '{"type":"result","subtype":"success","is_error":false,"total_cost_usd":0.25,\
        "usage":{"input_tokens":900,"output_tokens":50}}'
        cat > /dev/null
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    try (Engine engine = open("driver: claude, program: " + program, "true\n", "", WORK)) {
      var review = reviewed(engine);
      assertThat(review.state()).as(review.detail()).isEqualTo(AgentReviewState.DONE);
      assertThat(review.summary()).isEqualTo("Fine as it is.");
      assertThat(review.detail()).isEqualTo("It asked for 1 permission, and got none.");
    }
  }

  @Test
  void oneThatQuotesARefusalIsNotRefused() {
    try (Engine engine = open("echo The message permission denied by policy is new.\n", "")) {
      var review = reviewed(engine);
      assertThat(review.state()).as(review.detail()).isEqualTo(AgentReviewState.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tools/review.sh", ".mcp.json", ".claude/settings.json", "sub/CLAUDE.md"})
  void itDoesNotRunWhatTheChangeSays(String path) {
    String ran = "touch '" + folder.resolve("ran") + "'\n";
    String work = "mkdir -p .claude sub; cat >> '%s' <<'E'\n%sE\n".formatted(path, ran);
    try (Engine engine = open("driver: command, run: sh tools/review.sh", ran, "", work)) {
      var review = reviewed(engine);
      assertThat(review.state()).isEqualTo(AgentReviewState.FAILED);
      assertThat(review.detail()).contains(path, "Nothing was run");
      assertThat(review.cost()).isZero();
      assertThat(folder.resolve("ran")).doesNotExist();
      assertThat(change(engine).state()).isEqualTo(ChangeState.OPEN);
    }
  }

  @Test
  void noneBeginsWhileTheHiveIsPaused() {
    String work =
        "touch '%s'; while [ ! -e '%s' ]; do sleep 0.1; done\n%s"
            .formatted(folder.resolve("works"), folder.resolve("go"), WORK);
    try (Engine engine = open("driver: command, run: sh tools/review.sh", "echo Ok.\n", "", work)) {
      TestRepository.await("it works", engine, () -> Files.exists(folder.resolve("works")));
      engine.execute(new Command.PauseHive(), null);
      sandbox.write("../go", "");
      TestRepository.await(
          "a change",
          engine,
          () ->
              TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.OPEN));
    }
    try (Engine engine = sandbox.open()) {
      assertThat(change(engine).agentReviews()).isEmpty();
      engine.execute(new Command.StartHive(1), null);
      assertThat(reviewed(engine).state()).isEqualTo(AgentReviewState.DONE);
    }
  }

  @Test
  void ofALargeChangeItIsToldNoMoreThanItCanRead() throws Exception {
    String work =
        "awk 'BEGIN { for (i = 0; i < 4000; i++) printf \"%0400d\\n\", i }' > big.txt\n"
            + "mkdir many; for i in $(seq 300); do echo $i > many/$i.txt; done\n";
    Path told = folder.resolve("prompt.txt");
    try (Engine engine =
        open(
            "driver: command, run: sh tools/review.sh",
            "cp \"$HIVEDECK_PROMPT_FILE\" '" + told + "'\n",
            "",
            work)) {
      assertThat(reviewed(engine).state()).isEqualTo(AgentReviewState.DONE);
      assertThat(Files.readString(told))
          .hasSizeLessThan(80_000)
          .contains("### big.txt", "And more. Too long", "The change has 100 more files");
    }
  }

  @Test
  void adviceOnAnEarlierCommitIsOverOnceALaterOneIsLookedAt() {
    try (Engine engine = open(comment("work.txt", 3, "Why three?"), "")) {
      var first = reviewed(engine);
      engine.execute(new Command.ReturnChange("C-1", "Make it three.", null), null);
      TestRepository.await(
          "looked at again",
          engine,
          () ->
              change(engine).agentReviews().stream()
                  .anyMatch(
                      r -> !r.head().equals(first.head()) && r.state() == AgentReviewState.DONE));
      assertThat(change(engine).comments())
          .filteredOn(Comment::advisory)
          .extracting(Comment::resolvedBy)
          .containsExactly("critic", null);
    }
  }
}
