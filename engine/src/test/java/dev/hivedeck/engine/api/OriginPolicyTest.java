package dev.hivedeck.engine.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may speak to the endpoints. */
class OriginPolicyTest {
  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {"http://127.0.0.1", "http://localhost:5173", "https://[::1]:8080", "http://[::1]"})
  void thoseOfThisMachineMay(String origin) {
    assertThat(OriginPolicy.allowed(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "http://evil.example@127.0.0.1",
        "http://127.0.0.1#.evil.example",
        "http://127.0.0.1?.evil.example",
        "http://127.0.0.1/.evil.example",
        "http://127.0.0.1 http://evil.example",
        "//127.0.0.1",
        "127.0.0.1",
        "file:///tmp/page.html"
      })
  void noOthersMayHoweverTheySpellIt(String origin) {
    assertThat(OriginPolicy.allowed(origin)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil@127.0.0.1", "127.0.0.1/x", "127.0.0.1#x"})
  void aNameThatLeadsHereIsNotOurs(String host) {
    assertThat(OriginPolicy.addressed(host)).isFalse();
    assertThat(OriginPolicy.addressed("127.0.0.1:4040")).isTrue();
  }
}
