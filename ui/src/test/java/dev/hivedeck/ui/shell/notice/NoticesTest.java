package dev.hivedeck.ui.shell.notice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.view.NotifyViews.Notice;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Icon;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NoticesTest {
  private static final Instant AT = Instant.parse("2026-11-20T13:52:10Z");

  private static Notice of(String topic) {
    return new Notice(
        "N-1", "R-3 waits", "", "warning", "firing", "alert", topic, "R-3", 1, AT, AT, null, null);
  }

  @Test
  void whatIsToldOfARolloutOrAServiceLeadsToItsScreen() {
    assertThat(Notices.place(of("rollout"))).contains(ScreenId.ROLLOUTS);
    assertThat(Notices.place(of("service"))).contains(ScreenId.SERVICES);
    assertThat(Notices.icon(of("rollout"))).isEqualTo(Icon.ROLLOUT);
    assertThat(Notices.place(of("weather"))).isEmpty();
  }
}
