package dev.hivedeck.app.desktop;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.NoticeEvent;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.feed.FeedClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Hears what engines without a window ask the desktop to show, as a window would. */
final class KeptNotices {
  private final Map<Path, FeedClient> heard = new ConcurrentHashMap<>();
  private final Consumer<NotifyViews.Notice> shows;

  /**
   * @param shows is given each notice once
   */
  KeptNotices(Consumer<NotifyViews.Notice> shows) {
    this.shows = shows;
  }

  /**
   * Hears an engine from now on.
   *
   * @param engine is closed when nobody hears it any more, or it cannot be heard
   */
  void hear(Path workspace, FeedClient engine) {
    try {
      engine.subscribe(
          engine.snapshot(Set.of(Topic.NOTICE)).seq(),
          events ->
              events.stream()
                  .filter(e -> e.type() == NoticeEvent.SHOWN && e.data() != null)
                  .map(e -> Json.as(e.data(), NotifyViews.Notice.class))
                  .forEach(shows));
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    var before = heard.put(workspace, engine);
    if (before != null) {
      before.close();
    }
  }

  /** It has a window again, or has ended. */
  void forget(Path workspace) {
    var engine = heard.remove(workspace);
    if (engine != null) {
      engine.close();
    }
  }
}
