package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is said about a change is answered and resolved, and leaves the change where it is. */
@DisabledOnOs(OS.WINDOWS) // its agent is a shell script
class CommentsTest {
  @TempDir Path folder;

  private static List<Comment> does(Engine engine, Command command) {
    var change = Json.as(engine.execute(command, null), ChangeViews.Change.class);
    assertThat(change.comments())
        .as("the answer is what is kept")
        .isEqualTo(TestRepository.changes(engine).getFirst().comments());
    return change.comments();
  }

  private static CommentCommand.Say say(
      String text, @Nullable String file, int line, @Nullable Integer start) {
    return new CommentCommand.Say("C-1", text, file, line, start, null);
  }

  private static CommentCommand.Say reply(String text, long to) {
    return new CommentCommand.Say("C-1", text, null, 0, null, to);
  }

  private static void refused(Engine engine, Command command, ErrorCode code, String why) {
    assertThatThrownBy(() -> engine.execute(command, null))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.is(code)).as(e.code()).isTrue();
              assertThat(e.hint()).isNotBlank();
            })
        .hasMessageContaining(why);
  }

  /** With a change that waits for a person. */
  private Engine open(TestRepository sandbox) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: required } }
        """);
    sandbox.write(
        "tools/agent.sh",
        "seq 9 > work.txt\n"
            + "if grep -q 'Shift it' \"$HIVEDECK_PROMPT_FILE\"; then"
            + " (seq 21 22; seq 4; seq 6 9) > work.txt; fi\n");
    sandbox.commit("Set up");
    Engine engine = sandbox.open();
    TestRepository.begin(
        engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n", 1);
    TestRepository.await(
        "C-1 is open",
        engine,
        () -> TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.OPEN));
    return engine;
  }

  private static List<String> speaks(Engine engine) {
    return TestRepository.changes(engine).getFirst().verdict().obstacles().stream()
        .filter(o -> o.kind() == ObstacleKind.COMMENTS)
        .map(Obstacle::text)
        .toList();
  }

  @Test
  void commentsGoAlongWithTheirLinesOrAreOutdated() {
    var sandbox = new TestRepository(folder);
    try (Engine engine = open(sandbox)) {
      does(engine, say("Moves.", "work.txt", 3, null));
      does(engine, say("Goes.", "work.txt", 5, null));
      does(engine, say("What is left.", "work.txt", 6, 4));
      String before = TestRepository.changes(engine).getFirst().head();
      engine.execute(new Command.ReturnChange("C-1", "Shift it.", List.of()), null);
      TestRepository.await(
          "placed",
          engine,
          () -> {
            var change = TestRepository.changes(engine).getFirst();
            return change.state() == ChangeState.OPEN
                && !change.head().equals(before)
                && change.comments().stream().anyMatch(Comment::outdated);
          });
      assertThat(TestRepository.changes(engine).getFirst().comments())
          .filteredOn(c -> c.file() != null)
          .extracting(c -> c.first() + "-" + c.line() + (c.outdated() ? " outdated" : ""))
          .containsExactly("5-5", "5-5 outdated", "6-7");
      assertThat(speaks(engine)).containsExactly("3 comments that nobody has resolved");
    }
  }

  @Test
  void aThreadIsAnsweredResolvedAndOpenedAgain() {
    var sandbox = new TestRepository(folder);
    long first;
    try (Engine engine = open(sandbox)) {
      var asked = does(engine, say(" Why two? ", "work.txt", 3, 2)).getLast();
      first = asked.id();
      assertThat(asked.text()).isEqualTo("Why two?");
      assertThat(asked.author()).isEqualTo("you");
      assertThat(asked.unresolved()).isTrue();

      var answered = does(engine, reply("It is both.", first)).getLast();
      assertThat(answered.replyTo()).isEqualTo(first);
      assertThat(List.of(answered.file(), answered.first(), answered.line()))
          .as("it stands where what it answers stands")
          .isEqualTo(List.of("work.txt", 2, 3));
      assertThat(answered.unresolved()).as("it asks for nothing by itself").isFalse();
      assertThat(does(engine, reply("I see.", answered.id())).getLast().replyTo())
          .as("an answer to an answer is in the same thread")
          .isEqualTo(first);

      var whole = does(engine, say("Fine on the whole.", null, 0, null)).getLast();
      assertThat(whole.file()).isNull();
      assertThat(whole.unresolved()).isFalse();
      assertThat(does(engine, say("And this file?", "work.txt", 0, null)).getLast().unresolved())
          .isTrue();

      assertThat(speaks(engine)).containsExactly("2 comments that nobody has resolved");
      var comments = does(engine, new CommentCommand.Resolve("C-1", answered.id()));
      assertThat(speaks(engine)).containsExactly("1 comment that nobody has resolved");
      assertThat(comments.stream().filter(c -> c.resolvedBy() != null))
          .as("an answer stands for what it answers")
          .singleElement()
          .satisfies(
              c -> {
                assertThat(c.id()).isEqualTo(first);
                assertThat(c.resolvedBy()).isEqualTo("you");
                assertThat(c.unresolved()).isFalse();
              });
      assertThat(does(engine, new CommentCommand.Resolve("C-1", first)))
          .as("once more changes nothing")
          .isEqualTo(comments);
      assertThat(TestRepository.changes(engine).getFirst().state()).isEqualTo(ChangeState.OPEN);
    }
    try (Engine engine = sandbox.open()) {
      assertThat(TestRepository.changes(engine).getFirst().comments().getFirst().resolvedBy())
          .as("after a restart")
          .isEqualTo("you");
      var comments = does(engine, new CommentCommand.Unresolve("C-1", first));
      assertThat(comments).hasSize(5).allSatisfy(c -> assertThat(c.resolvedBy()).isNull());
      assertThat(comments.getFirst().unresolved()).isTrue();
    }
  }

  @Test
  void whatMakesNoSenseIsRefusedAndNothingIsKept() {
    try (Engine engine = open(new TestRepository(folder))) {
      refused(engine, say(" \n", "work.txt", 1, null), ErrorCode.NO_COMMENT, "says nothing");
      refused(engine, reply("", 1), ErrorCode.NO_COMMENT, "says nothing");
      refused(
          engine, say("x".repeat(20_001), null, 0, null), ErrorCode.TOO_LARGE, "20,001 characters");
      refused(engine, say("x", "work.txt", -1, null), ErrorCode.BAD_PLACE, "no lines");
      refused(engine, say("x", "work.txt", 2, 3), ErrorCode.BAD_PLACE, "no lines");
      refused(engine, say("x", "work.txt", 2, 0), ErrorCode.BAD_PLACE, "no lines");
      refused(engine, say("x", null, 2, null), ErrorCode.BAD_PLACE, "no file");
      refused(engine, say("x", " ", 2, null), ErrorCode.BAD_PLACE, "no file");
      refused(engine, say("x", "nope.py", 7, null), ErrorCode.NO_FILE, "no file nope.py in C-1");
      refused(engine, say("x", "nope.py", 0, null), ErrorCode.NO_FILE, "no file nope.py in C-1");
      refused(engine, say("x", "work.txt", 10, null), ErrorCode.BAD_PLACE, "9 lines in C-1");
      refused(engine, say("x", "work.txt", 99, 7), ErrorCode.BAD_PLACE, "and no line 99");
      refused(
          engine,
          new Command.ReturnChange(
              "C-1",
              null,
              List.of(
                  new Command.LineComment("work.txt", 1, "There."),
                  new Command.LineComment("work.txt", 10, "Not there."))),
          ErrorCode.BAD_PLACE,
          "no line 10");
      refused(engine, reply("x", 7), ErrorCode.NO_THREAD, "#1 has no comment 7");
      refused(engine, new CommentCommand.Resolve("C-1", 7), ErrorCode.NO_THREAD, "no comment 7");
      refused(engine, new CommentCommand.Unresolve("C-1", 7), ErrorCode.NO_THREAD, "no comment 7");
      refused(engine, new CommentCommand.Resolve("C-9", 1), ErrorCode.NO_CHANGE, "C-9");
      refused(
          engine,
          new CommentCommand.Say("C-9", "x", null, 0, null, null),
          ErrorCode.NO_CHANGE,
          "C-9");
      assertThat(TestRepository.changes(engine).getFirst().comments()).isEmpty();
      assertThat(TestRepository.changes(engine).getFirst().state()).isEqualTo(ChangeState.OPEN);
      assertThat(does(engine, say("The last line.", "work.txt", 9, null))).hasSize(1);
      assertThat(does(engine, say("The file.", "work.txt", 0, null))).hasSize(2);
      assertThat(does(engine, say("Beside it.", "tools/agent.sh", 1, null))).hasSize(3);
    }
  }
}
