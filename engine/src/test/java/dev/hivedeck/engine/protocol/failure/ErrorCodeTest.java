package dev.hivedeck.engine.protocol.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode.Kind;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows from the code of an error, and that codes of other versions can be read. */
class ErrorCodeTest {

  /** One code of every kind, and those that end a command otherwise than their kind. */
  @ParameterizedTest
  @CsvSource({
    "plan-cycle, INVALID, 400, 2, false",
    "checkout-edited, INVALID, 400, 1, false",
    "worktree-in-use, INVALID, 400, 1, false",
    "no-task, NOT_FOUND, 404, 2, false",
    "no-option, INVALID, 400, 2, false",
    "no-display, NOT_FOUND, 404, 3, false",
    "no-method, METHOD, 405, 2, false",
    "no-expectation, EXPECTATION, 417, 2, false",
    "not-now, CONFLICT, 409, 1, false",
    "merged, CONFLICT, 409, 2, false",
    "second-engine, CONFLICT, 409, 3, false",
    "unauthorized, UNAUTHENTICATED, 401, 3, false",
    "not-trusted, NOT_ALLOWED, 403, 3, false",
    "too-many, TOO_MANY, 429, 2, false",
    "stopped, STOPPED, 400, 130, false",
    "interrupted, STOPPED, 400, 130, false",
    "git-slow, OUTAGE, 503, 2, true",
    "main-rebased, OUTAGE, 503, 2, true",
    "disk-full, OUTAGE, 503, 1, true",
    "store-failed, OUTAGE, 503, 1, true",
    "git-failed, UNAVAILABLE, 503, 2, false",
    "store-ended, UNAVAILABLE, 503, 1, false",
    "store-unreadable, UNAVAILABLE, 503, 1, false",
    "no-answer, UNAVAILABLE, 503, 1, false",
    "no-engine, UNAVAILABLE, 503, 3, false",
    "engine, INTERNAL, 500, 2, false",
  })
  void theRestFollowsFromTheCode(String word, Kind kind, int http, int exit, boolean outage) {
    var code = ErrorCode.of(word).orElseThrow();
    assertThat(code.word()).isEqualTo(word);
    assertThat(code.kind()).isEqualTo(kind);
    assertThat(kind.http()).isEqualTo(http);
    assertThat(code.exit()).isEqualTo(exit);
    assertThat(new HiveException(code, "It went wrong.", "Do this.").outage()).isEqualTo(outage);
  }

  @Test
  void everyKindHasACode() {
    assertThat(Stream.of(ErrorCode.values()).map(ErrorCode::kind).distinct())
        .containsExactlyInAnyOrder(Kind.values());
  }

  @ParameterizedTest
  @MethodSource("topics")
  void whatIsMissingIsNamedByItsTopic(Topic topic) {
    boolean registered =
        Registration.all().stream().anyMatch(area -> area.topics().contains(topic));
    assertThat(topic.missing().word()).isEqualTo(registered ? "no-thing" : "no-" + topic.word());
    assertThat(topic.missing().kind()).isEqualTo(Kind.NOT_FOUND);
  }

  static Set<Topic> topics() {
    return Topic.all();
  }

  @Test
  void aCodeOfAnotherVersionIsKeptAndIsNoOutage() {
    var fault = new HiveException.Fault("a-later-one", "It went wrong.", "Do this.");
    var e = new HiveException(fault);
    assertThat(e.code()).isEqualTo("a-later-one");
    assertThat(e.fault()).isEqualTo(fault);
    assertThat(e.kind()).isEmpty();
    assertThat(e.outage()).isFalse();
    assertThat(e.is(ErrorCode.ENGINE)).isFalse();
  }
}
