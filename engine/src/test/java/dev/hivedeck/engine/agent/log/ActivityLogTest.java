package dev.hivedeck.engine.agent.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent did can be read again, whatever it printed and however the engine ended. */
class ActivityLogTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();

  private Path file() {
    return folder.resolve("logs/T-1.1/log");
  }

  private ActivityLog open() {
    return ActivityLog.open(file(), "T-1.1", time.clock(), page -> {});
  }

  private ActivityLog open(long cap) {
    return ActivityLog.open(file(), "T-1.1", time.clock(), null, page -> {}, cap);
  }

  private static List<String> texts(LogPage page) {
    return page.lines().stream().map(LogLine::text).toList();
  }

  @Test
  void anyRangeIsTheSameAsWhatWasAppendedAndAgainAfterReopening() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var all = new ArrayList<LogLine>();
    for (int round = 0; round < 3; round++) {
      try (var log = open()) {
        for (int i = 0; i < 1_000; i++) {
          String text =
              random.nextInt(50) == 0
                  ? "ü€😀".repeat(random.nextInt(2_000))
                  : "line\t" + i + " " + "x".repeat(random.nextInt(100));
          String kind = random.nextBoolean() ? "out" : "say";
          long index = log.append(kind, text);
          assertThat(index).isEqualTo(all.size());
          all.add(new LogLine(index, time.clock().instant(), kind, text));
          time.advance(Duration.ofMillis(random.nextInt(3)));
        }
        for (int i = 0; i < 60; i++) {
          long from = random.nextLong(-all.size() - 10, all.size() + 10);
          int limit = random.nextInt(600);
          var page = log.page(from, limit);
          int first = Math.clamp(from < 0 ? all.size() + from : from, 0, all.size());
          assertThat(page)
              .as("seed %d: from %d, limit %d", seed, from, limit)
              .isEqualTo(
                  new LogPage(
                      "T-1.1",
                      first,
                      all.size(),
                      all.subList(first, Math.min(all.size(), first + limit))));
        }
      }
    }
  }

  @Test
  void severalLinesAreSeveralLines() {
    try (var log = open()) {
      assertThat(log.append("say", "one\ntwo\r\n\nfour\n")).isEqualTo(3);
      assertThat(log.append("say", "")).isEqualTo(4);
      assertThat(texts(log.page(0, 10))).containsExactly("one", "two", "", "four", "");
    }
  }

  @Test
  void aTornLastLineIsDropped() throws Exception {
    try (var log = open()) {
      log.append("out", "whole");
    }
    Files.writeString(file(), "2026-01-05T12:00:00Z\tout\tto", StandardOpenOption.APPEND);
    try (var log = open()) {
      assertThat(texts(log.page(0, 10))).containsExactly("whole");
      log.append("out", "next");
      assertThat(texts(log.page(-5, 10))).containsExactly("whole", "next");
    }
  }

  @Test
  void strangeContentsAreShownAsTheyAre() throws Exception {
    Files.createDirectories(file().getParent());
    Files.write(file(), new byte[] {'h', 'i', '\n', (byte) 0xFF, 9, 9, '\n', '\n'});
    try (var log = open()) {
      assertThat(log.page(0, 10).lines()).hasSize(3).allMatch(line -> line.kind().equals("out"));
      assertThat(log.page(0, 10).lines().getFirst().text()).isEqualTo("hi");
    }
  }

  @Test
  void eachLineIsReadableWhileItIsStillOpen() throws Exception {
    try (var log = open()) {
      log.append("out", "now");
      assertThat(Files.readString(file())).endsWith("\tout\tnow\n");
    }
  }

  @Test
  void aLongLineIsCut() {
    try (var log = open()) {
      log.append("out", "y".repeat(100_000));
      assertThat(log.page(0, 1).lines().getFirst().text())
          .hasSizeLessThan(8_300)
          .endsWith("yyy… (100,000 characters)");
    }
  }

  @Test
  void aFullLogSaysSoOnceAndStillTellsTheEnd() throws Exception {
    try (var log = open(10_000)) {
      for (int i = 0; i < 10_000; i++) {
        log.append("out", "chatter " + i);
      }
      log.append("hive", "failed (exit): exit 1");
      assertThat(log.dropped()).isGreaterThan(9_000);
      assertThat(log.page(0, 5_000).lines()).filteredOn(l -> l.kind().equals("hive")).hasSize(2);
    }
    assertThat(Files.size(file())).isLessThan(11_000);
    try (var log = open()) {
      assertThat(texts(log.page(-3, 3)))
          .satisfiesExactly(
              first -> assertThat(first).contains("full at 9 KB"),
              second -> assertThat(second).isEqualTo("failed (exit): exit 1"),
              third -> assertThat(third).matches("9,\\d+ lines did not fit into the log\\."));
    }
  }

  @Test
  void aPageOfLongLinesIsBounded() {
    try (var log = open()) {
      IntStream.range(0, 1_000).forEach(i -> log.append("out", "z".repeat(8_000)));
      var page = log.page(0, 1_000);
      assertThat(page.lines().size()).isBetween(100, 999);
      assertThat(page.total()).isEqualTo(1_000);
      assertThat(log.page(page.from() + page.lines().size(), 1).lines().getFirst().index())
          .isEqualTo(page.lines().size());
    }
  }

  @Test
  void followersGetLinesTogetherAndInOrder() {
    var pages = new CopyOnWriteArrayList<LogPage>();
    try (var log = ActivityLog.open(file(), "T-1.1", time, pages::add)) {
      log.append("out", "a");
      log.append("out", "b");
      assertThat(pages).isEmpty();
      time.advance(Duration.ofMillis(100));
      log.append("out", "c");
    }
    assertThat(pages).hasSize(2);
    assertThat(texts(pages.get(0))).containsExactly("a", "b");
    assertThat(pages.get(1).from()).isEqualTo(2);
    assertThat(pages.get(1).total()).isEqualTo(3);
  }

  @Test
  void aFollowerThatCannotKeepUpSeesAGapInTheIndexes() {
    var pages = new CopyOnWriteArrayList<LogPage>();
    try (var log = ActivityLog.open(file(), "T-1.1", time, pages::add)) {
      IntStream.range(0, 5_000).forEach(i -> log.append("out", "line " + i));
      time.advance(Duration.ofMillis(100));
      assertThat(pages).hasSize(1);
      assertThat(pages.getFirst().from()).isEqualTo(3_000);
      assertThat(pages.getFirst().lines()).hasSize(2_000);
    }
  }

  @Test
  void afterClosingNothingIsWrittenAndNothingBreaks() {
    var log = open();
    log.append("out", "a");
    log.close();
    log.append("out", "late");
    log.close();
    try (var again = open()) {
      assertThat(texts(again.page(0, 10))).containsExactly("a");
    }
  }

  /** Somebody looks on while the attempt ends. */
  @Test
  void aLogThatClosesIsReadToItsEnd() throws Exception {
    var logs = new ActivityLogs(folder, time);
    for (int i = 0; i < 300; i++) {
      String attempt = "T-" + i + ".1";
      logs.begin(attempt);
      logs.append(attempt, "out", "last words");
      var read =
          new FutureTask<Void>(
              () -> {
                for (int look = 0; look < 20; look++) {
                  assertThat(texts(logs.page(attempt, 0, 10, false))).containsExactly("last words");
                }
                return null;
              });
      Thread.startVirtualThread(read);
      logs.end(attempt);
      logs.close(attempt);
      read.get();
    }
  }

  /**
   * Its file may lack what could not be written any more, so it is not shown as if it were whole.
   */
  @Test
  void aLogThatAnInterruptClosedIsNotTakenForOneThatHasEnded() throws Exception {
    var logs = new ActivityLogs(folder, time);
    logs.begin("T-1.1");
    logs.append("T-1.1", "out", "first");
    var interrupted =
        new FutureTask<Throwable>(
            () -> {
              Thread.currentThread().interrupt();
              return catchThrowable(() -> logs.page("T-1.1", 0, 10, false));
            });
    Thread.ofPlatform().start(interrupted);
    assertThat(interrupted.get()).isInstanceOf(HiveException.class);
    assertThat(catchThrowable(() -> logs.page("T-1.1", 0, 10, false)))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("log-unreadable"));
    logs.end("T-1.1");
    logs.close("T-1.1");
    assertThat(texts(logs.page("T-1.1", 0, 10, false))).containsExactly("first");
  }
}
