package dev.hivedeck.ui.view.change.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long somebody looked at a change. */
class ReadingTimeTest {
  private Instant now = Instant.parse("2026-11-20T13:00:00Z");
  private final List<ReadingCommand.Read> told = new ArrayList<>();
  private final ReadingTime time =
      new ReadingTime(
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now;
            }
          },
          told::add);

  private void after(int seconds) {
    now = now.plus(Duration.ofSeconds(seconds));
  }

  @Test
  void whatOneDoesIsCountedAndABreakIsNot() {
    time.show("C-1", "abc");
    after(20);
    time.acted();
    after(40);
    time.acted();
    after(3_000); // lunch
    time.acted();
    time.tell();
    assertThat(told).containsExactly(new ReadingCommand.Read("C-1", "abc", 120));
    after(10);
    time.tell();
    assertThat(told)
        .as("each second once")
        .last()
        .isEqualTo(new ReadingCommand.Read("C-1", "abc", 10));
  }

  @Test
  void eachChangeAndEachPushHasATimeOfItsOwn() {
    time.show("C-1", "abc");
    after(5);
    time.show("C-1", "def");
    after(7);
    time.show("C-2", "fed");
    after(2); // passing by
    time.end();
    after(50);
    time.acted();
    time.tell();
    assertThat(told)
        .containsExactly(
            new ReadingCommand.Read("C-1", "abc", 5), new ReadingCommand.Read("C-1", "def", 7));
  }
}
