package dev.hivedeck.engine.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs of services: found again, bounded, by the page. */
class ServiceLogsTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();

  private static List<String> texts(List<ServiceLine> lines) {
    return lines.stream().map(ServiceLine::text).toList();
  }

  @Test
  void linesAreFoundAgainByTheNextEngineAndNumberedOn() throws IOException {
    try (var logs = new ServiceLogs(folder, time.clock())) {
      logs.printed("orders", "orders-1", "one");
      logs.done("orders", "orders-1", "ended with exit 1");
    }
    Files.writeString(
        folder.resolve("orders/log"),
        "{\"index\":2,\"at\"",
        java.nio.file.StandardOpenOption.APPEND);
    try (var logs = new ServiceLogs(folder, time.clock())) {
      logs.printed("orders", "orders-2", "two");
      var page = logs.page("orders", null, 0, 10);
      assertThat(texts(page.lines())).containsExactly("one", "ended with exit 1", "two");
      assertThat(page.total()).isEqualTo(3);
      assertThat(texts(logs.page("orders", "orders-2", -5, 5).lines())).containsExactly("two");
      assertThat(texts(logs.page("orders", null, -2, 1).lines()))
          .containsExactly("ended with exit 1");
      assertThat(texts(logs.page("orders", null, 2, 10).lines())).containsExactly("two");
    }
  }

  @Test
  void ofATorrentTheBeginningOfEachSecondIsKeptAndSaidHowMuchIsNot() {
    try (var logs = new ServiceLogs(folder, time.clock())) {
      for (int i = 0; i < 2_500; i++) {
        logs.printed("loud", "loud-1", "line " + i);
      }
      time.advance(Duration.ofSeconds(1));
      logs.printed("loud", "loud-1", "later");
      var page = logs.page("loud", null, -2, 2);
      assertThat(texts(page.lines())).containsExactly("500 more lines were left out", "later");
    }
  }

  @Test
  void whatLiesOnDiskStaysSmallHoweverMuchIsPrinted() throws IOException {
    String line = "x".repeat(8_000);
    try (var logs = new ServiceLogs(folder, time.clock())) {
      for (int i = 0; i < 2_000; i++) {
        logs.printed("large", "large-1", line);
      }
    }
    try (var files = Files.walk(folder)) {
      long all = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
      assertThat(all).isLessThan(9 << 20);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /orders 200 in 4 ms | info",
        "2026-01-05 ERROR pool is empty | error",
        "warning: deprecated | warn",
        "{\"level\":\"warn\",\"msg\":\"slow\"} | warn",
        "[WARN] slow | warn",
        "Traceback (most recent call last): | error",
        "no errors found | info",
        "errors: 0 | info"
      })
  void howGraveALineIsItsWordsSay(String line, String level) {
    assertThat(LogLevel.of(line)).isEqualTo(level);
  }
}
