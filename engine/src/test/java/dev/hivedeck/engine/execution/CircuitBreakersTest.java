package dev.hivedeck.engine.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class CircuitBreakersTest {
  /** The window asks what rests at any time, also in the very moment when something opens. */
  @Test
  void whoeverAsksWhileOneOpensGetsTheWholeAnswerOrNone() {
    assertThatCode(
            () -> {
              for (int round = 0; round < 3_000; round++) {
                var circuitBreakers = new CircuitBreakers(Clock.systemUTC(), 1);
                var asked =
                    CompletableFuture.runAsync(
                        () -> {
                          while (circuitBreakers.open().isEmpty()) {
                            Thread.onSpinWait();
                          }
                          assertThat(circuitBreakers.next()).isNotNull();
                        });
                for (int failure = 0; failure < 3; failure++) {
                  circuitBreakers.failed(
                      new HiveException(ErrorCode.DISK_FULL, "The disk is full.", "Make room."));
                }
                asked.join();
                assertThat(circuitBreakers.open())
                    .singleElement()
                    .asString()
                    .startsWith("Work rests until ")
                    .endsWith(": The disk is full. Make room.");
              }
            })
        .doesNotThrowAnyException();
  }
}
