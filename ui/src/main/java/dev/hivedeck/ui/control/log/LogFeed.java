package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException.Fault;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.util.Duration;
import javafx.util.Subscription;

/**
 * Fills a window with the log of one attempt and keeps it filled: from the feed, and by asking for
 * what the feed left out. Belongs to the FX thread.
 */
final class LogFeed {
  /** Between two hand-overs. */
  private static final Duration REST = Duration.millis(100);

  /** The same in a flood of lines, which nobody reads but all of which would be drawn. */
  private static final Duration LONG_REST = Duration.millis(250);

  /** So many lines in one hand-over are a flood. */
  private static final int FLOOD = 5;

  /** Who looks at the window. */
  interface Reader {
    /** Whether the end is what is being read. */
    boolean atEnd();

    /** The window has changed. */
    void renewed();

    void failed(Fault fault);
  }

  private final ScreenContext context;
  private final LogWindow window;
  private final Reader reader;
  private final ConcurrentLinkedQueue<LogPage> heard = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean due = new AtomicBoolean();
  private final PauseTransition rest = new PauseTransition(REST);
  private volatile String attempt;
  private boolean raw;
  private EngineApi.Subscription following = () -> {};
  private Subscription looking = () -> {};
  private boolean asking;
  private int visit;

  LogFeed(ScreenContext context, LogWindow window, Reader reader) {
    this.context = context;
    this.window = window;
    this.reader = reader;
    rest.setOnFinished(_ -> rested());
  }

  /** Whose log it is; null for none. */
  String attempt() {
    return attempt;
  }

  /** Whether it is word for word. */
  boolean raw() {
    return raw;
  }

  boolean asking() {
    return asking;
  }

  /** Whether the attempt says nothing more. */
  boolean over() {
    return attempt != null
        && context.live().attempts().get(attempt).map(a -> a.state().over()).orElse(false);
  }

  /** Begins with another log. */
  void begin(String id, boolean word) {
    stop();
    attempt = id;
    raw = word;
    if (raw) {
      // What is said word for word is not told by the feed.
      looking = context.live().now().subscribe(() -> lookOn());
    } else {
      following = context.steering().follow(this::hear);
    }
    load();
  }

  void stop() {
    attempt = null;
    visit++;
    asking = false;
    following.close();
    following = () -> {};
    looking.unsubscribe();
    looking = () -> {};
    heard.clear();
    window.clear();
  }

  /** Begins anew at the end. */
  void load() {
    ask(new LogWindow.Range(-LogWindow.PAGE, LogWindow.PAGE), window::begin);
  }

  /** Fetches what stands before the first line, and does something when it is there. */
  void older(Runnable then) {
    if (!asking && attempt != null) {
      window
          .older()
          .ifPresent(
              range ->
                  ask(
                      range,
                      page -> {
                        window.take(page, false);
                        then.run();
                      }));
    }
  }

  /** Fetches what follows the last line, and does something when it is there. */
  void newer(Runnable then) {
    if (!asking && attempt != null) {
      window
          .missing()
          .ifPresent(
              range ->
                  ask(
                      range,
                      page -> {
                        window.take(page, true);
                        then.run();
                      }));
    }
  }

  /** Fetches what the feed left out at the end. */
  void catchUp() {
    if (!asking && attempt != null) {
      if (window.farBehind()) {
        load();
      } else {
        newer(() -> {});
      }
    }
  }

  private void lookOn() {
    if (!asking && reader.atEnd() && !over()) {
      ask(
          new LogWindow.Range(window.to(), LogWindow.PAGE),
          page -> {
            if (!page.lines().isEmpty()) {
              window.take(page, reader.atEnd());
            }
          });
    }
  }

  // On a thread of the feed: gathered, then taken in one go. The first is taken at once.
  private void hear(LogPage page) {
    if (page.attempt().equals(attempt)) {
      heard.add(page);
      if (due.compareAndSet(false, true)) {
        Platform.runLater(this::take);
      }
    }
  }

  private void rested() {
    due.set(false);
    if (!heard.isEmpty() && due.compareAndSet(false, true)) {
      take();
    }
  }

  private void take() {
    rest.stop();
    rest.setDuration(
        heard.stream().mapToInt(page -> page.lines().size()).sum() > FLOOD ? LONG_REST : REST);
    rest.play();
    if (asking) {
      return; // An answer is on its way; what was heard meanwhile joins on behind it.
    }
    join();
  }

  private void join() {
    for (var page = heard.poll(); page != null; page = heard.poll()) {
      if (page.attempt().equals(attempt)) {
        window.take(page, reader.atEnd());
      }
    }
    reader.renewed();
  }

  private void ask(LogWindow.Range range, Consumer<LogPage> use) {
    asking = true;
    var mine = visit;
    context
        .steering()
        .query(new Query.Log(attempt, range.from(), range.limit(), raw))
        .whenComplete(
            (answer, failure) -> {
              if (mine != visit) {
                return;
              }
              asking = false;
              if (failure == null) {
                use.accept(Json.as(answer, LogPage.class));
                join();
              } else {
                reader.failed(ErrorMessages.of(failure));
              }
            });
  }
}
