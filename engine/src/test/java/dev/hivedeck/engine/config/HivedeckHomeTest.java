package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a user's data is. */
class HivedeckHomeTest {
  @ParameterizedTest
  @CsvSource({
    "/home/ann, Linux, /home/ann",
    "/home/ann, Mac OS X, /home/ann",
    "/home/ann, Windows 11, /account",
    "'', Linux, /account",
    ", Linux, /account",
    "ann, Linux, /account"
  })
  void homeDecidesOnUnix(String home, String os, String expected) {
    assertThat(HivedeckHome.user(home, os, "/account")).isEqualTo(Path.of(expected));
  }
}
