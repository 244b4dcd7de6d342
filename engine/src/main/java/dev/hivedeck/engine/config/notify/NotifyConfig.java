package dev.hivedeck.engine.config.notify;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Who is told of what, and how.
 *
 * @param channels by name; the inbox and the desktop are always among them
 * @param routes the first that fits an alert is taken, and those after it while they say {@code
 *     continue}; the last fits all
 * @param quiet null for never
 * @param inhibitions alerts that are not told while a graver one fires
 * @param decisions how long a decision waits until somebody is told that it does
 */
public record NotifyConfig(
    Map<String, ChannelConfig> channels,
    List<Route> routes,
    QuietHours quiet,
    List<Inhibit> inhibitions,
    Duration decisions) {

  /**
   * A route, with the meaning of Alertmanager's.
   *
   * @param match all must hold; none for a route that fits all
   * @param to channels
   * @param groupBy labels by which alerts are told together; {@code ...} for each by itself
   * @param groupWait how long a new group waits for more of its alerts
   * @param groupInterval after how long what has changed in a group is told
   * @param repeatInterval after how long what goes on unchanged is told again
   * @param escalate who is told next while nobody acknowledges, in order
   * @param goesOn whether routes after it are looked at as well
   */
  public record Route(
      List<Matcher> match,
      List<String> to,
      List<String> groupBy,
      Duration groupWait,
      Duration groupInterval,
      Duration repeatInterval,
      List<Escalation> escalate,
      boolean goesOn) {
    public Route {
      match = List.copyOf(match);
      to = List.copyOf(to);
      groupBy = List.copyOf(groupBy);
      escalate = List.copyOf(escalate);
    }
  }

  /**
   * Who is told when an alert goes on and nobody has read of it.
   *
   * @param after this time since the step before, null for not by time
   * @param repeats this many repeats since the step before, 0 for not by count
   */
  public record Escalation(List<String> to, Duration after, int repeats) {
    public Escalation {
      to = List.copyOf(to);
    }
  }

  /**
   * @param source conditions on the graver alert
   * @param target conditions on those that are kept back
   * @param equal labels that both must have alike
   */
  public record Inhibit(List<Matcher> source, List<Matcher> target, List<String> equal) {
    public Inhibit {
      source = List.copyOf(source);
      target = List.copyOf(target);
      equal = List.copyOf(equal);
    }
  }

  public static final Duration GROUP_WAIT = Duration.ofSeconds(30);
  public static final Duration GROUP_INTERVAL = Duration.ofMinutes(5);
  public static final Duration REPEAT_INTERVAL = Duration.ofHours(4);
  static final Duration DECISIONS = Duration.ofMinutes(15);

  /** What alerts are told by where nobody says otherwise. */
  static final List<String> GROUP_BY = List.of("alertname", "objective", "channel");

  /** A page says all that a ticket of the same objective would. */
  static final Inhibit PAGE_OVER_TICKET =
      new Inhibit(
          List.of(new Matcher("severity", "=", "page")),
          List.of(new Matcher("severity", "=", "ticket"), new Matcher("objective", "!=", "")),
          List.of("objective"));

  /** The last route: what no other one took is in the inbox and on the desktop. */
  static final Route REST =
      new Route(
          List.of(),
          List.of(ChannelConfig.INBOX, ChannelConfig.DESKTOP),
          GROUP_BY,
          GROUP_WAIT,
          GROUP_INTERVAL,
          REPEAT_INTERVAL,
          List.of(),
          false);

  /** Without any configuration. */
  public static final NotifyConfig STANDARD =
      new NotifyConfig(
          Map.of(
              ChannelConfig.INBOX, new ChannelConfig.Inbox(),
              ChannelConfig.DESKTOP, new ChannelConfig.Desktop()),
          List.of(REST),
          null,
          List.of(PAGE_OVER_TICKET),
          DECISIONS);

  public NotifyConfig {
    routes = List.copyOf(routes);
    inhibitions = List.copyOf(inhibitions);
  }
}
