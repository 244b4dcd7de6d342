package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Events as they are on the wire. */
class EventTest {
  private static final String STARTED =
      """
      {"seq":7,"at":"2026-01-02T03:04:05Z","correlation":"c","type":"task.started","topic":"task",\
      "id":"T-1","text":"it began","data":{"id":"T-1"}}\
      """;

  @Test
  void aTypeIsItsName() {
    var event =
        new Event(
            7,
            Instant.parse("2026-01-02T03:04:05Z"),
            "c",
            TaskEvent.STARTED,
            Topic.TASK,
            "T-1",
            "it began",
            Json.object().put("id", "T-1"));
    assertThat(Json.write(event)).isEqualTo(STARTED);
    assertThat(Json.read(STARTED, Event.class)).isEqualTo(event);
  }

  @Test
  void oneOfAnotherReleaseIsReadAndWrittenAsItIs() {
    String later = STARTED.replace("task.started", "task.dreamt");
    var event = Json.read(later, Event.class);
    assertThat(event.type()).isEqualTo(new EventType.Unknown("task.dreamt", Topic.TASK));
    assertThat(event.type().verb()).isEqualTo("dreamt");
    assertThat(Json.write(event)).isEqualTo(later);
  }

  @Test
  void whatItHappenedToIsWhatItSaid() {
    String earlier = STARTED.replace("\"topic\":\"task\"", "\"topic\":\"agent\"");
    var event = Json.read(earlier, Event.class);
    assertThat(event.type()).isEqualTo(TaskEvent.STARTED);
    assertThat(event.topic()).isEqualTo(Topic.AGENT);
    assertThat(Json.write(event)).isEqualTo(earlier);
  }
}
