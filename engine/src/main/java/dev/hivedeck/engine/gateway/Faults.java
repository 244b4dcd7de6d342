package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.gateway.proxy.TrafficFault;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.gateway.FaultCommand.InjectFault;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads what requests are to suffer. Pure. */
final class Faults {
  private static final Duration USUAL = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration SLOWEST = Duration.ofMinutes(5);

  private Faults() {}

  /**
   * As a command says it.
   *
   * @throws HiveException {@code bad-usage}
   */
  static TrafficFault read(InjectFault c, Instant now) {
    double errors = share(c.errors());
    double aborts = share(c.abort());
    var delay = time(c.delay(), Duration.ZERO, SLOWEST);
    if (errors + aborts > 1) {
      throw refused("errors and aborts are more than 100% together");
    }
    if (errors + aborts == 0 && delay.isZero()) {
      throw refused("nothing is to go wrong");
    }
    String version = c.version() == null ? "" : c.version();
    return new TrafficFault(
        version, errors, aborts, delay, now.plus(time(c.time(), USUAL, LONGEST)));
  }

  private static double share(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    int thousandths = SharePercent.spaced(text).orElse(-1);
    if (thousandths < 0 || thousandths > SharePercent.WHOLE) {
      throw refused("\"" + text + "\" is no share; write 3% or 0.5%");
    }
    return thousandths / (double) SharePercent.WHOLE;
  }

  private static Duration time(@Nullable String text, Duration usual, Duration most) {
    if (text == null) {
      return usual;
    }
    var time = Durations.parse(text).filter(Duration::isPositive);
    if (time.isEmpty() || time.get().compareTo(most) > 0) {
      throw refused(
          "\""
              + text
              + "\" is no time up to "
              + most.toMinutes()
              + "m; write "
              + Durations.EXAMPLES);
    }
    return time.get();
  }

  private static HiveException refused(String why) {
    return new HiveException(
        ErrorCode.BAD_USAGE,
        "No fault was injected: " + why + ".",
        "hivedeck gateway fault orders --version-of v2 --errors 3% --for 10m is one.");
  }
}
