package dev.hivedeck.engine.time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;

/**
 * The machine's timers with a clock that is set while they run, as a person or a time server sets
 * one: a file holds by how many seconds it is off.
 */
public final class SkewedTimers implements Timers {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Timers machine = new SystemTimers();
  private final Path file;
  private final Clock clock =
      ((InstantSource) () -> this.machine.clock().instant().plusSeconds(this.off))
          .withZone(ZoneOffset.UTC);
  private volatile long off;

  public SkewedTimers(Path file) {
    this.file = file;
    this.off = read();
    start("skew", this::follow);
  }

  private void follow() {
    try {
      while (true) {
        off = read();
        sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long read() {
    try {
      return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
    } catch (IOException | NumberFormatException e) {
      return off; // it is being written
    }
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    return machine.after(delay, action);
  }

  @Override
  public Thread start(String name, Runnable body) {
    return machine.start(name, body);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    machine.sleep(delay);
  }

  @Override
  public void close() {
    machine.close();
  }
}
