package dev.hivedeck.engine.api.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class McpSessionsTest {
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private final McpSessions sessions =
      new McpSessions(
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
          });
  private final List<String> closed = new ArrayList<>();

  private void open(String id, String attempt) {
    now = now.plusSeconds(1);
    sessions.opened(id, attempt, () -> closed.add(id));
  }

  @Test
  void theOneUnusedForLongestMakesRoomAndOnlyAmongItsOwn() {
    open("other", "T-2.1");
    for (String id : List.of("a", "b", "c", "d")) {
      open(id, "T-1.1");
    }
    now = now.plusSeconds(1);
    assertThat(sessions.use("a")).contains("T-1.1");
    open("e", "T-1.1");
    assertThat(closed).containsExactly("b");
    assertThat(sessions.use("b")).isEmpty();
    assertThat(sessions.use("other")).contains("T-2.1");
  }

  @Test
  void whatNobodyUsesForLongIsClosed() {
    open("a", "T-1.1");
    open("b", "T-2.1");
    now = now.plus(McpSessions.IDLE);
    sessions.use("b");
    now = now.plusSeconds(5);
    sessions.tidy();
    assertThat(closed).containsExactly("a");
  }

  @Test
  void theyEndWithTheirAttemptAndAreClosedOnce() {
    open("a", "T-1.1");
    open("b", "T-1.1");
    open("c", "T-2.1");
    sessions.gone("b");
    sessions.ended("T-1.1");
    sessions.ended("T-1.1");
    assertThat(closed).containsExactly("a");
    sessions.closeAll();
    assertThat(closed).containsExactly("a", "c");
    assertThat(sessions.size()).isZero();
  }
}
