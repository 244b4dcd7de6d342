package dev.hivedeck.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.Prompts.Before;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An agent is told all it needs, and no more than it can read. */
class PromptsTest {

  private static String build(List<Before> before) {
    return Prompts.build(
        "Builds the order API",
        "T-1",
        "Idempotency key",
        "Add the header.\n",
        List.of("The same key returns the same order"),
        List.of("services/api/**", "packages/db/**"),
        List.of(),
        List.of(),
        before);
  }

  @Test
  void whatHelpedBeforeIsToldBeforeWhatHappened() {
    String prompt =
        Prompts.build(
            null,
            "T-1",
            "Title",
            null,
            List.of(),
            List.of(),
            List.of(
                "leaves a placeholder: <*> (3×). What helped: ann: wrote it out", "x".repeat(900)),
            List.of(),
            List.of(new Before("failure", "Attempt 1 failed")));
    assertThat(prompt)
        .contains(
            """
            ## Lessons

            Work like this has failed before, and this helped:

            - leaves a placeholder: <*> (3×). What helped: ann: wrote it out
            - xxx\
            """);
    assertThat(prompt.indexOf("## Lessons")).isLessThan(prompt.indexOf("## What happened before"));
    assertThat(prompt).as("each is short").doesNotContain("x".repeat(501));
  }

  @Test
  void readsLikeABrief() {
    assertThat(
            build(
                List.of(
                    new Before("failure", "Attempt 1 failed (exit): exit 3: disk full"),
                    new Before("gate", "Gate unit failed: 1 failed\n- api.py:12 wrong"),
                    new Before("said", "Keep it small."))))
        .isEqualTo(
            """
            Your role: Builds the order API

            # Task T-1: Idempotency key

            Add the header.

            ## When it is good

            - The same key returns the same order

            ## Bounds

            - Work in the present folder only; it is a worktree of the repository.
            - Change only paths that match: services/api/**, packages/db/**.
            - Finish what you begin: placeholders and left-out parts do not pass.
            - You need not commit, push or merge: what you leave in the folder is committed for you.
            - End when the work is done, with exit status 0; if you cannot do it, say why and end with 1.

            ## What happened before

            ### An earlier attempt failed

            Attempt 1 failed (exit): exit 3: disk full

            ### A checkpoint refused the work; put right exactly this

            Gate unit failed: 1 failed
            - api.py:12 wrong

            ### A person said

            Keep it small.
            """);
  }

  @Test
  void whatIsNotThereIsNotMentioned() {
    assertThat(
            Prompts.build(
                null, "T-2", "Title", null, List.of(), List.of(), List.of(), List.of(), List.of()))
        .startsWith("# Task T-2: Title\n\n## Bounds\n")
        .doesNotContain("role", "good", "match", "before");
  }

  @Test
  void theOldestIsLeftOutFirst() {
    var before =
        IntStream.range(0, 30)
            .mapToObj(i -> new Before("failure", "attempt " + i + " " + "x".repeat(5_000)))
            .toList();
    assertThat(build(before))
        .hasSizeLessThan(62_000)
        .contains("attempt 29 ")
        .doesNotContain("attempt 0 ")
        .containsPattern("What happened before\\n\\n\\(\\d+ earlier events left out\\)\\n\\n###");
  }

  @Test
  void aHugeEventIsShortened() {
    assertThat(build(List.of(new Before("gate", "y".repeat(1_000_000))))).hasSizeLessThan(14_000);
  }
}
