package dev.hivedeck.engine.service.registry;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceCommand.RegisterService;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may register. Pure. */
final class RegisterRules {
  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\[[0-9A-Fa-f:]{2,39}]");
  private static final int LONGEST_VERSION = 100;
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(1);
  private static final int LAST_PORT = 65_535;
  private static final String HERE = "127.0.0.1";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private RegisterRules() {}

  /**
   * The service that it names.
   *
   * @throws HiveException {@code bad-usage}
   */
  static String service(RegisterService c) {
    String service = Objects.requireNonNullElse(c.service(), "");
    refuseUnless(NAME.matcher(service).matches(), "\"" + service + "\" is no name of a service");
    return service;
  }

  private static String host(RegisterService c) {
    return Objects.requireNonNullElse(c.host(), HERE);
  }

  /**
   * The instance that it names; its address where it names none.
   *
   * @throws HiveException {@code bad-usage}
   */
  static String instance(RegisterService c) {
    String host = host(c);
    String instance = Objects.requireNonNullElse(c.instance(), host + ":" + c.port());
    refuseUnless(
        INSTANCE.matcher(instance).matches() || instance.equals(host + ":" + c.port()),
        "\"" + instance + "\" is no name of an instance");
    return instance;
  }

  /**
   * The instance as it says it is.
   *
   * @throws HiveException {@code bad-usage}
   */
  static RegisteredInstance read(RegisterService c, Instant now) {
    String host = host(c);
    refuseUnless(HOST.matcher(host).matches(), "\"" + host + "\" is no host");
    refuseUnless(c.port() > 0 && c.port() <= LAST_PORT, c.port() + " is no port");
    String version = Objects.requireNonNullElse(c.version(), "");
    refuseUnless(
        version.length() <= LONGEST_VERSION && version.chars().noneMatch(Character::isISOControl),
        "its version is too long, or more than a line");
    return new RegisteredInstance(host, c.port(), version, time(c.ttl()), rule(c.check()), now);
  }

  private static Duration time(@Nullable String text) {
    if (text == null) {
      return TTL;
    }
    var time = Durations.parse(text).orElse(Duration.ZERO);
    refuseUnless(
        time.compareTo(LEAST) >= 0 && time.compareTo(MOST) <= 0,
        "\"" + text + "\" is no time to live between 1s and 24h");
    return time;
  }

  private static HealthRule rule(@Nullable String text) {
    if (text == null) {
      return HealthRule.NONE;
    }
    return HealthRule.parse(text)
        .orElseThrow(
            () -> refusal("\"" + text + "\" is no check; it is tcp or a path such as /health"));
  }

  private static void refuseUnless(boolean fine, String why) {
    if (!fine) {
      throw refusal(why);
    }
  }

  private static HiveException refusal(String why) {
    return refused("Nothing was registered: " + why + ".", "Correct that, and register again.");
  }

  /** Why nothing was registered. */
  static HiveException refused(String what, String remedy) {
    return new HiveException(ErrorCode.BAD_USAGE, what, remedy);
  }
}
