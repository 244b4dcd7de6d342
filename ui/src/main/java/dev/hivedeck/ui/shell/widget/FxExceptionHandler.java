package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.ui.shell.theme.TextShaping;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception on the FX thread that nobody caught. A layout that is broken off
 * leaves its nodes marked as busy, and they are never laid out again: then the window is made anew.
 * Elsewhere it is enough to say so.
 */
public final class FxExceptionHandler implements Thread.UncaughtExceptionHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FxExceptionHandler.class);

  /** What breaks again within that time was not cured by the last cure. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  /**
   * @param code by which the same failure is known
   * @param text what a report needs; nothing of the workspace's content
   */
  public record Report(String code, String text) {
    static Report of(Throwable failure) {
      var trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      var code = "UI-%05X".formatted(places(failure).hashCode() & 0xfffff);
      return new Report(
          code,
          "Hivedeck %s\nJava %s, JavaFX %s, %s %s\n%s"
              .formatted(
                  code,
                  System.getProperty("java.version"),
                  System.getProperty("javafx.version"),
                  System.getProperty("os.name"),
                  System.getProperty("os.version"),
                  trace));
    }

    private static String places(Throwable failure) {
      var places = new StringBuilder(failure.getClass().getName());
      // What failed in a pane is one failure, whoever had the pane filled.
      Arrays.stream(failure.getStackTrace())
          .takeWhile(f -> !f.getClassName().equals(ErrorBoundary.class.getName()))
          .limit(6)
          .forEach(f -> places.append(f.getClassName()).append('.').append(f.getMethodName()));
      return places.toString();
    }
  }

  /** What the window does about it, on the FX thread. */
  public interface Window {
    /** Draws everything anew, at the same place. */
    void renew(Report report);

    /** Draws everything anew, at a place that is not the one that broke. */
    void elsewhere(Report report);

    /** Shows the report alone, for even that did not help. */
    void halt(Report report);

    /** Says it. */
    void tell(Report report);
  }

  private final Window window;
  private final Thread thread;
  private final Thread.UncaughtExceptionHandler before;
  private final Map<String, Long> told = new HashMap<>();
  private int broken;
  private long last;
  private boolean busy;

  /** Catches from now on what this thread, the FX thread, does not. */
  public FxExceptionHandler(Window window) {
    this.window = window;
    thread = Thread.currentThread();
    before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler(this);
  }

  @Override
  public void uncaughtException(Thread where, Throwable failure) {
    var report = Report.of(failure);
    LOG.error("Something in the window failed ({})", report.code(), failure);
    if (busy) {
      return; // The cure itself failed.
    }
    busy = true;
    try {
      if (brokeLayout(failure)) {
        cure(report);
      } else if (news(report)) {
        window.tell(report);
      }
    } catch (RuntimeException e) {
      LOG.error("The window could not be drawn anew", e);
      window.halt(report);
    } finally {
      busy = false;
    }
  }

  @Override
  public void close() {
    if (thread.getUncaughtExceptionHandler() == this) {
      thread.setUncaughtExceptionHandler(before);
    }
  }

  private void cure(Report report) {
    TextShaping.mend();
    long now = System.nanoTime();
    broken = now - last < AGAIN.toNanos() ? broken + 1 : 1;
    last = now;
    switch (broken) {
      case 1 -> window.renew(report);
      case 2 -> window.elsewhere(report);
      default -> window.halt(report);
    }
  }

  private boolean news(Report report) {
    long now = System.nanoTime();
    var heard = told.put(report.code(), now);
    return heard == null || now - heard > AGAIN.toNanos();
  }

  private static boolean brokeLayout(Throwable failure) {
    return Arrays.stream(failure.getStackTrace())
        .anyMatch(
            f ->
                f.getClassName().equals("javafx.scene.Parent") && f.getMethodName().equals("layout")
                    || f.getClassName().equals("com.sun.javafx.tk.Toolkit")
                        && f.getMethodName().equals("firePulse"));
  }
}
