package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingOrder;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Readings;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a person has seen of a change stays seen as long as it says the same. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class ReadingTest {
  @TempDir Path folder;

  private TestRepository sandbox(String work) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1, timeout: 30s }\n"
            + "agents: { a: { driver: command, run: sh tools/agent.sh, parallel: 2 } }\n"
            + "decisions: { default: { human: required } }\n");
    sandbox.write("tools/agent.sh", work);
    sandbox.write(
        "work.txt",
        IntStream.rangeClosed(1, 60).mapToObj(i -> i + "\n").collect(Collectors.joining()));
    sandbox.commit("Set up");
    return sandbox;
  }

  private static void work(Engine engine, int tasks) {
    TestRepository.trust(engine);
    String plan =
        IntStream.rangeClosed(1, tasks)
            .mapToObj(
                i -> "  - { id: T-%d, title: Task %d, agent: a, prompt: x }\n".formatted(i, i))
            .collect(Collectors.joining("", "plan: P\ntasks:\n", ""));
    engine.execute(new Command.ImportPlan("plan.yaml", plan), null);
    engine.execute(new Command.StartHive(1), null);
  }

  private static ChangeViews.Change open(Engine engine, String id, int attempt) {
    TestRepository.await(
        id + " is open",
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(
                    c ->
                        c.id().equals(id)
                            && c.state() == ChangeState.OPEN
                            && c.attempt().endsWith("." + attempt)));
    return TestRepository.changes(engine).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static ReadingOrder order(Engine engine, String id) {
    return Json.as(engine.query(new ReadingQuery.OfChange(id)), ReadingOrder.class);
  }

  private static Readings readings(Engine engine) {
    return Json.as(engine.query(new ReadingQuery.OfAll()), Readings.class);
  }

  private static Reading reading(Engine engine, String id) {
    return readings(engine).changes().stream()
        .filter(r -> r.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSecondLookShowsOnlyWhatIsNewAlsoAfterARestart() {
    var sandbox =
        sandbox(
            """
            if grep -q ten work.txt; then
              sed -i -e 's/^1$/one/' -e 's/^thirty$/THIRTY/' work.txt
              sed -i '2i two more\\ntwo more' work.txt
            else
              sed -i -e 's/^10$/ten/' -e 's/^30$/thirty/' -e 's/^50$/fifty/' work.txt
            fi
            """);
    List<String> before;
    try (Engine engine = sandbox.open()) {
      work(engine, 1);
      open(engine, "C-1", 1);
      assertThat(reading(engine, "C-1")).isEqualTo(new Reading("C-1", 3, 0, 6, 6));
      before = hashes(engine);
      assertThat(before).doesNotHaveDuplicates().hasSize(3);
      engine.execute(new ReadingCommand.MarkSeen("C-1", before.subList(0, 2), null), null);
      assertThat(reading(engine, "C-1")).isEqualTo(new Reading("C-1", 3, 2, 6, 2));
      assertThatThrownBy(
              () ->
                  engine.execute(
                      new ReadingCommand.MarkSeen("C-1", List.of("f00"), List.of()), null))
          .hasMessageContaining("has no hunk f00");
      assertThatThrownBy(
              () ->
                  engine.execute(
                      new ReadingCommand.MarkSeen("C-1", null, List.of("other.txt")), null))
          .hasMessageContaining("No line differs in other.txt");
      assertThatThrownBy(() -> engine.execute(new ReadingCommand.MarkSeen("C-9", null, null), null))
          .hasMessageContaining("no change C-9");
      engine.execute(new Command.ReturnChange("C-1", "Louder.", List.of()), null);
      open(engine, "C-1", 2);
    }
    try (Engine engine = sandbox.open()) {
      // The first stayed as it was, three lines below; the second says something else now.
      var now = hashes(engine);
      assertThat(now).contains(before.getFirst(), before.get(2)).doesNotContain(before.get(1));
      assertThat(
              order(engine, "C-1").files().getFirst().hunks().stream()
                  .filter(h -> h.seenAt() != null)
                  .map(h -> h.hash()))
          .containsExactly(before.getFirst());
      assertThat(reading(engine, "C-1").seen()).isEqualTo(1);
      engine.execute(new ReadingCommand.MarkSeen("C-1", null, null), null);
      assertThat(reading(engine, "C-1").unseen()).isZero();
      engine.execute(new ReadingCommand.MarkUnseen("C-1", null, List.of("work.txt")), null);
      assertThat(reading(engine, "C-1").seen()).isZero();
    }
  }

  /** Who looked at one place has not seen the other, where the same line matters otherwise. */
  @Test
  void twoPlacesThatGetTheSameLineAreSeenOneByOne() {
    var sandbox = sandbox("sed -i -e '20a return true' -e '40a return true' work.txt\n");
    try (Engine engine = sandbox.open()) {
      work(engine, 1);
      open(engine, "C-1", 1);
      var both = hashes(engine);
      assertThat(both).hasSize(2).doesNotHaveDuplicates();
      engine.execute(new ReadingCommand.MarkSeen("C-1", List.of(both.getLast()), null), null);
      assertThat(reading(engine, "C-1")).isEqualTo(new Reading("C-1", 2, 1, 2, 1));
    }
  }

  /** Those that the diff shows are those that can be marked. */
  private static List<String> hashes(Engine engine) {
    var diff = Json.as(engine.query(new Query.Diff("C-1", null)), FileDiffs.class);
    var shown = diff.files().stream().flatMap(f -> f.hunks().stream()).map(Hunk::hash).toList();
    var part = Json.as(engine.query(new Query.Diff("C-1", null, "work.txt", 0)), FileDiffs.class);
    assertThat(part.files().getFirst().hunks()).extracting(Hunk::hash).isEqualTo(shown);
    assertThat(
            order(engine, "C-1").files().stream()
                .flatMap(f -> f.hunks().stream())
                .map(h -> h.hash()))
        .containsExactlyElementsOf(shown);
    return shown;
  }

  @Test
  void whatDecidesOverOthersIsReadFirst() {
    var sandbox =
        sandbox(
            """
            mkdir -p src test docs .github/workflows dist
            echo 'on: push' > .github/workflows/ci.yml
            echo 'a note' > docs/guide.md
            printf 'x\\ny\\n' > src/small.py
            printf 'x\\ny\\nz\\n' > src/large.py
            echo 'def test_x(): pass' > test/test_small.py
            echo 'generated()' > dist/app.min.js
            """);
    try (Engine engine = sandbox.open()) {
      work(engine, 1);
      open(engine, "C-1", 1);
      assertThat(order(engine, "C-1").files())
          .extracting(ReadingFile::path)
          .containsExactly(
              ".github/workflows/ci.yml",
              "src/large.py",
              "src/small.py",
              "test/test_small.py",
              "docs/guide.md",
              "dist/app.min.js");
      assertThat(order(engine, "C-1").files().getLast().lines()).isZero();
    }
  }

  @Test
  void howLongOneReadsIsLearnedFromOnesOwnReviews() {
    var sandbox = sandbox("for i in 1 2 3 4; do echo $i; done > $HIVEDECK_TASK.txt\n");
    try (Engine engine = sandbox.open()) {
      work(engine, 4);
      assertThat(readings(engine).pace()).isEqualTo(Pace.UNKNOWN);
      assertThat(Pace.UNKNOWN.minutes(100)).isEmpty();
      int[] seconds = {40, 60, 3_600};
      for (int i = 1; i <= 3; i++) {
        var change = open(engine, "C-" + i, 1);
        var read = new ReadingCommand.Read(change.id(), change.head(), seconds[i - 1] / 2);
        engine.execute(read, null);
        engine.execute(read, null);
        assertThat(readings(engine).pace().secondsPerLine()).isNull();
        engine.execute(new Command.ApproveChange(change.id(), null), null);
      }
      // 10, 15 and 900 s a line: one that was left open over lunch does not count for much.
      assertThat(readings(engine).pace()).isEqualTo(new Pace(Pace.ID, 3, 15.0));
      assertThat(readings(engine).pace().minutes(8)).hasValue(2);
      assertThat(readings(engine).pace().minutes(1)).hasValue(1);
      var last = open(engine, "C-4", 1);
      for (int wrong : new int[] {-1, 3_601}) {
        assertThatThrownBy(
                () -> engine.execute(new ReadingCommand.Read(last.id(), last.head(), wrong), null))
            .hasMessageContaining("seconds is " + wrong);
      }
      assertThatThrownBy(() -> engine.execute(new ReadingCommand.Read(last.id(), "0000", 5), null))
          .hasMessageContaining("was never at 0000");
    }
  }
}
