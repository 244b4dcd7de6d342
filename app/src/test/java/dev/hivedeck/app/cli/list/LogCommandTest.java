package dev.hivedeck.app.cli.list;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Act.Todo;
import dev.hivedeck.engine.protocol.Query.LogLine;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Acts as lines of a terminal. */
class LogCommandTest {
  private static LogLine line(long index, Act act) {
    return new LogLine(index, Instant.ofEpochSecond(index), act.kind(), act.text(), act);
  }

  @Test
  void whatWasToldTwiceIsTheLatterWhereTheFormerStood() {
    var lines =
        List.of(
            line(0, new Act.Run("r1", "make", "", null)),
            line(1, new Act.Read("a.txt")),
            line(2, new Act.Run("r1", "make", "built", 0)),
            line(3, new Act.Run("r2", "make", "", null)));
    var once = LogCommand.once(lines);
    assertThat(once).extracting(LogLine::index).containsExactly(0L, 1L, 3L);
    assertThat(once.getFirst().act()).isEqualTo(new Act.Run("r1", "make", "built", 0));
  }

  @Test
  void thereIsMoreBelowALine() {
    assertThat(
            LogCommand.more(
                new Act.Plan(
                    List.of(
                        new Todo("one", Todo.State.DONE),
                        new Todo("two", Todo.State.DOING),
                        new Todo("three", Todo.State.OPEN)))))
        .containsExactly("[x] one", "[>] two", "[ ] three");
    var output =
        String.join("\n", IntStream.rangeClosed(1, 50).mapToObj(Integer::toString).toList());
    assertThat(LogCommand.more(new Act.Run("r", "seq 50", output, 0)))
        .startsWith("| … 30 more lines, see --json", "| 31")
        .endsWith("| 50")
        .hasSize(21);
    assertThat(LogCommand.more(new Act.Edit("e", "a", "-x\n+y\n", true)))
        .isEqualTo(Stream.of("-x", "+y").toList());
  }
}
