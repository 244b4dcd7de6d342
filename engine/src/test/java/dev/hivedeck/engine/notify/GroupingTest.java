package dev.hivedeck.engine.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.Matcher;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig.Escalation;
import dev.hivedeck.engine.config.notify.NotifyConfig.Route;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.metric.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When alerts are told together, and again: the tables are Alertmanager's semantics. */
class GroupingTest {
  private static final Instant START = Instant.parse("2026-01-05T12:00:00Z");

  private final Map<Labels, RoutedAlert> alerts = new TreeMap<>();
  private final Set<Labels> silenced = new HashSet<>();
  private final List<String> told = new ArrayList<>();
  private Map<String, AlertGroup> groups = new HashMap<>();
  private boolean read;
  private NotifyConfig config = config(route(List.of()));
  private Instant now = START;

  private static Route route(List<Escalation> escalate) {
    return new Route(
        List.of(),
        List.of("chat"),
        List.of("service"),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofHours(4),
        escalate,
        false);
  }

  private static NotifyConfig config(Route... routes) {
    var channels = new HashMap<>(NotifyConfig.STANDARD.channels());
    for (String name : List.of("chat", "phone", "boss")) {
      channels.put(name, new ChannelConfig.Slack(name, new SecretRef.Stored(name)));
    }
    return new NotifyConfig(
        channels,
        List.of(routes),
        null,
        NotifyConfig.STANDARD.inhibitions(),
        Duration.ofMinutes(15));
  }

  private static Labels labels(String service, String name, String severity) {
    return Labels.of("alertname", name, "service", service, "severity", severity);
  }

  private void fire(String service, String name) {
    var labels = labels(service, name, "ticket");
    alerts.put(labels, RoutedAlert.firing(labels, name, now, "", ""));
  }

  private void resolve(String service, String name) {
    var labels = labels(service, name, "ticket");
    alerts.put(labels, alerts.get(labels).ended(now));
  }

  /** Lets time pass second by second, and notes what is told, and when. */
  private void until(String time) {
    var end = START.plus(Duration.parse("PT" + time.toUpperCase()));
    while (now.isBefore(end)) {
      now = now.plusSeconds(1);
      step();
    }
  }

  private void step() {
    var step =
        Grouping.step(
            new Routes(config),
            alerts.values(),
            groups,
            a -> silenced.contains(a.labels()),
            g -> read,
            now);
    groups = step.groups();
    for (var send : step.sends()) {
      if (!send.channel().equals(ChannelConfig.INBOX)) {
        told.add(
            Duration.between(START, now).toString().substring(2).toLowerCase()
                + " "
                + send.channel()
                + " +"
                + names(send.firing())
                + " -"
                + names(send.resolved()));
      }
    }
  }

  private static String names(List<RoutedAlert> alerts) {
    return String.join("", alerts.stream().map(a -> a.labels().get("alertname")).toList());
  }

  @Test
  void aGroupWaitsForMoreOfItAndChangesWaitForTheInterval() {
    fire("shop", "a");
    until("20s");
    fire("shop", "b");
    until("1m");
    fire("shop", "c");
    until("10m");
    assertThat(told).containsExactly("30s chat +ab -", "5m30s chat +abc -");
  }

  @Test
  void groupsAreToldApart() {
    fire("shop", "a");
    fire("stock", "a");
    until("1m");
    assertThat(told).containsExactly("30s chat +a -", "30s chat +a -");
  }

  @Test
  void whatGoesOnIsToldAgainOnlyAfterTheRepeatInterval() {
    fire("shop", "a");
    until("9h");
    // The first look at which more than four hours have passed.
    assertThat(told).containsExactly("30s chat +a -", "4h5m30s chat +a -", "8h10m30s chat +a -");
  }

  @Test
  void anEndIsToldWithTheNextLookAndOnce() {
    fire("shop", "a");
    until("1m");
    resolve("shop", "a");
    until("1h");
    assertThat(told).containsExactly("30s chat +a -", "5m30s chat + -a");
  }

  @Test
  void partOfAGroupThatEndsIsAChange() {
    fire("shop", "a");
    fire("shop", "b");
    until("1m");
    resolve("shop", "a");
    until("1h");
    assertThat(told).containsExactly("30s chat +ab -", "5m30s chat +b -a");
  }

  @Test
  void whatEndsBeforeItIsToldIsNotTold() {
    fire("shop", "a");
    until("10s");
    resolve("shop", "a");
    until("1h");
    assertThat(told).isEmpty();
  }

  @Test
  void whatFiresAgainAfterItsEndIsToldAnew() {
    fire("shop", "a");
    until("1m");
    resolve("shop", "a");
    until("6m");
    alerts.clear();
    fire("shop", "a");
    until("20m");
    assertThat(told).containsExactly("30s chat +a -", "5m30s chat + -a", "6m30s chat +a -");
  }

  @Test
  void whatFiredLongBeforeIsNotWaitedFor() {
    fire("shop", "a");
    now = now.plusSeconds(600);
    step();
    assertThat(told).containsExactly("10m chat +a -");
  }

  @Test
  void whatIsSilencedIsToldWhenTheSilenceEnds() {
    fire("shop", "a");
    silenced.add(labels("shop", "a", "ticket"));
    until("7m");
    assertThat(told).isEmpty();
    silenced.clear();
    until("20m");
    assertThat(told).containsExactly("10m30s chat +a -");
  }

  @Test
  void aTicketIsNotToldWhileThePageOfItsObjectiveFires() {
    var page = Labels.of("alertname", "Burn", "service", "s", "objective", "o", "severity", "page");
    var ticket = page.with("severity", "ticket");
    alerts.put(page, RoutedAlert.firing(page, "page", now, "", ""));
    alerts.put(ticket, RoutedAlert.firing(ticket, "ticket", now, "", ""));
    until("1m");
    assertThat(told).containsExactly("30s chat +Burn -");
    alerts.put(page, alerts.get(page).ended(now));
    until("6m");
    assertThat(told).hasSize(2);
    assertThat(told.getLast()).isEqualTo("5m30s chat +Burn -Burn");
  }

  @Test
  void theNextIsToldAfterATimeUnlessSomebodyReadOfIt() {
    config =
        config(
            route(
                List.of(
                    new Escalation(List.of("phone"), Duration.ofMinutes(15), 0),
                    new Escalation(List.of("boss"), Duration.ofMinutes(30), 0))));
    fire("shop", "a");
    until("20m");
    assertThat(told).containsExactly("30s chat +a -", "15m30s phone +a -");
    read = true;
    until("2h");
    assertThat(told).hasSize(2);
    resolve("shop", "a");
    until("3h");
    assertThat(told.subList(2, 4))
        .allMatch(t -> t.endsWith(" + -a"))
        .extracting(t -> t.split(" ")[1])
        .containsExactlyInAnyOrder("chat", "phone");
    assertThat(told).hasSize(4);
  }

  @Test
  void theNextIsToldAfterSoManyRepeats() {
    config = config(route(List.of(new Escalation(List.of("phone"), null, 2))));
    fire("shop", "a");
    until("9h");
    assertThat(told)
        .containsExactly(
            "30s chat +a -", "4h5m30s chat +a -", "8h10m30s chat +a -", "8h10m30s phone +a -");
  }

  @Test
  void theFirstRouteThatFitsIsTakenAndMoreWhileTheyGoOn() {
    var pages =
        new Route(
            List.of(new Matcher("severity", "=", "page")),
            List.of("phone"),
            List.of("..."),
            Duration.ZERO,
            Duration.ofMinutes(5),
            Duration.ofHours(4),
            List.of(),
            true);
    config = config(pages, route(List.of()));
    var page = labels("shop", "p", "page");
    alerts.put(page, RoutedAlert.firing(page, "p", now, "", ""));
    fire("shop", "t");
    until("1m");
    assertThat(told).containsExactly("1s phone +p -", "30s chat +pt -");
  }

  @Test
  void aChannelIsNotToldOfItsOwnTrouble() {
    var labels = Labels.of("alertname", "ChannelFailing", "channel", "chat");
    config =
        config(
            new Route(
                List.of(),
                List.of("chat", "phone"),
                List.of("channel"),
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofHours(4),
                List.of(),
                false));
    alerts.put(labels, RoutedAlert.firing(labels, "x", now, "", ""));
    until("1m");
    assertThat(told).containsExactly("1s phone +ChannelFailing -");
  }
}
