package dev.hivedeck.engine.config.service;

import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service that Hivedeck starts and watches, or only looks at.
 *
 * @param run the command; null for one that runs elsewhere
 * @param host where that is; null unless it runs elsewhere
 * @param folder where the command runs, from the repository's root; {@code .} for that
 * @param env variables that it gets; a value may name a secret as {@code secret:NAME}
 * @param pass variables of the engine that it gets
 * @param port of its first instance, each other has the next; 0 for any that are free
 * @param instances how many run at once
 * @param needs services that have to be healthy before it is begun
 * @param watch patterns of files at whose change it is restarted
 * @param route path that the gateway leads to it; null for none
 * @param seed a command that runs once before its first instance; null for none
 * @param auto whether it is begun with the engine
 */
public record ServiceConfig(
    String name,
    @Nullable String run,
    @Nullable String host,
    String folder,
    Map<String, String> env,
    List<String> pass,
    int port,
    int instances,
    List<String> needs,
    List<String> watch,
    @Nullable String route,
    @Nullable String seed,
    boolean auto,
    HealthRule health) {

  /** How many instances may run at once. */
  public static final int MOST_INSTANCES = 20;

  public ServiceConfig {
    env = Map.copyOf(env);
    pass = List.copyOf(pass);
    needs = List.copyOf(needs);
    watch = List.copyOf(watch);
  }

  /** The same at any port that is free. */
  public ServiceConfig atAnyPort() {
    return new ServiceConfig(
        name, run, host, folder, env, pass, 0, instances, needs, watch, route, seed, auto, health);
  }

  /**
   * How instances are checked.
   *
   * @param path that is asked for; empty unless {@code kind} is HTTP
   * @param every time between two checks
   * @param timeout that one may take
   * @param rise so many good ones in a row make it healthy
   * @param fall so many bad ones in a row make it unhealthy
   * @param within how long it may take from its start to its first good one
   */
  public record HealthRule(
      CheckKind kind,
      String path,
      Duration every,
      Duration timeout,
      int rise,
      int fall,
      Duration within) {
    /** Whether it runs is all that is asked. */
    public static final HealthRule NONE =
        new HealthRule(
            CheckKind.NONE,
            "",
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            1,
            3,
            Duration.ofSeconds(30));

    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7E&&[^#]]{0,500}");

    /**
     * The usual rule for {@code tcp}, or a path such as {@code /health}; empty where it is none.
     */
    public static Optional<HealthRule> parse(String text) {
      return text.equals("tcp")
          ? Optional.of(NONE.of(CheckKind.TCP, ""))
          : Optional.of(text).filter(HealthRule::isPath).map(p -> NONE.of(CheckKind.HTTP, p));
    }

    /** As {@link #parse} takes it; null where nothing is asked. */
    public @Nullable String words() {
      return switch (kind) {
        case HTTP -> path;
        case TCP -> "tcp";
        case NONE -> null;
      };
    }

    /** Whether a text is a path that can be asked for. */
    public static boolean isPath(String text) {
      return PATH.matcher(text).matches();
    }

    /** As clients see it. */
    public ServiceCheck view() {
      return new ServiceCheck(
          kind, path, every.toMillis() / 1e3, timeout.toMillis() / 1e3, rise, fall);
    }

    /** The same rule for another kind of check. */
    public HealthRule of(CheckKind other, String asked) {
      return new HealthRule(other, asked, every, timeout, rise, fall, within);
    }
  }
}
