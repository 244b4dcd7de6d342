package dev.hivedeck.engine.slo.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.PolicyEvent;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.BudgetPolicy;
import dev.hivedeck.engine.slo.BudgetPolicy.Action;
import dev.hivedeck.engine.slo.BudgetPolicy.Step;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows when an error budget runs low, with a real store and a clock of its own. */
class PolicyLedgerTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime(START);
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** The objective of 99 % with so many of 10,000 events bad: 100 are its budget. */
  private Assessment withBad(long bad) {
    var events = new EventLog();
    events.add(time.clock().millis() - 1_000, Counts.ofBad(bad, 10_000));
    return Assessment.of(
        SampleObjective.of("api", "99%", SampleObjective.days(30)), events, time.clock().instant());
  }

  private void apply(BudgetPolicy policy, Assessment assessment) {
    store.write(
        "test",
        tx -> {
          PolicyLedger.apply(
              tx, Map.of(assessment.objective().name(), policy), List.of(assessment), Set.of());
          return null;
        });
  }

  private List<String> acts() {
    return store.read(PolicyLedger::acts).stream().map(SloViews.PolicyAct::action).toList();
  }

  private List<String> told() {
    return store.events(0, 1_000).stream()
        .filter(e -> e.type() instanceof PolicyEvent)
        .map(Event::text)
        .toList();
  }

  @Test
  void eachStepIsTakenOnceWithItsReasonAndUndoneWhenTheBudgetIsBack() {
    apply(BudgetPolicy.DEFAULT, withBad(40));
    assertThat(acts()).isEmpty();
    apply(BudgetPolicy.DEFAULT, withBad(50));
    apply(BudgetPolicy.DEFAULT, withBad(60));
    assertThat(acts()).containsExactly("notify");
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(1);
    apply(BudgetPolicy.DEFAULT, withBad(85));
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(0.5);
    assertThat(store.read(PolicyLedger::freeze)).isEmpty();
    apply(BudgetPolicy.DEFAULT, withBad(120));
    assertThat(acts()).hasSize(4);
    assertThat(store.read(PolicyLedger::freeze).orElseThrow().kinds())
        .containsExactlyInAnyOrder("fix", "bug-fix");
    store.close();
    open();
    assertThat(acts()).as("it outlives the engine").hasSize(4);
    apply(BudgetPolicy.DEFAULT, withBad(99));
    assertThat(store.read(PolicyLedger::freeze)).as("within the margin").isPresent();
    apply(BudgetPolicy.DEFAULT, withBad(97));
    assertThat(store.read(PolicyLedger::freeze)).isEmpty();
    apply(BudgetPolicy.DEFAULT, withBad(10));
    assertThat(acts()).isEmpty();
    assertThat(told())
        .startsWith(
            "api has 50% of its error budget left: look at what spends it",
            "api has 15% of its error budget left: 50% of the agents may work",
            "api has no error budget left: only fixes are merged (fix, bug-fix)")
        .endsWith("api has 90% of its error budget left: fewer-agents is over")
        .hasSize(8);
  }

  @Test
  void whatIsInForceIsWhatThePolicySaysNow() {
    apply(policy(0.5, "fix"), withBad(120));
    apply(policy(0.25, "hotfix"), withBad(120));
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(0.25);
    assertThat(store.read(PolicyLedger::freeze).orElseThrow().kinds()).containsExactly("hotfix");
    apply(policy(0.25, "hotfix"), withBad(120));
    assertThat(told())
        .endsWith(
            "the policy has changed: 25% of the agents may work",
            "the policy has changed: only fixes are merged (hotfix)")
        .hasSize(4);
  }

  private static BudgetPolicy policy(double agents, String kind) {
    return new BudgetPolicy(
        List.of(
            new Step(new BigDecimal("0.2"), Action.FEWER_AGENTS, agents, List.of()),
            new Step(BigDecimal.ZERO, Action.ONLY_FIXES, Step.HALF, List.of(kind))));
  }

  @Test
  void countsThatContradictEachOtherUndoNothing() {
    apply(BudgetPolicy.DEFAULT, withBad(120));
    apply(BudgetPolicy.DEFAULT, withBad(-5_000));
    assertThat(acts()).hasSize(4);
  }

  @Test
  void aBudgetThatWaversAtAThresholdMovesNothing() {
    long seed = 20_260_301;
    var random = new Random(seed);
    apply(BudgetPolicy.DEFAULT, withBad(80));
    int before = told().size();
    for (int i = 0; i < 200; i++) {
      apply(BudgetPolicy.DEFAULT, withBad(79 + random.nextInt(3)));
    }
    assertThat(told()).as("seed %d", seed).hasSize(before);
  }

  @Test
  void fewEventsAreNoVerdict() {
    var events = new EventLog();
    events.add(time.clock().millis() - 1_000, Counts.ofBad(2, 20));
    var two =
        Assessment.of(
            SampleObjective.of("api", "99%", SampleObjective.days(30)),
            events,
            time.clock().instant());
    assertThat(two.budget().isSpent()).isTrue();
    apply(BudgetPolicy.DEFAULT, two);
    assertThat(acts()).isEmpty();
  }

  @Test
  void aPersonLiftsItForATimeAndSaysWhy() {
    assertThatThrownBy(() -> lift("api", 3_600, "launch"))
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo("no-act"));
    apply(BudgetPolicy.DEFAULT, withBad(85));
    assertThatThrownBy(() -> lift("api", 3_600, " "))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("lift-comment"));
    assertThatThrownBy(() -> lift("api", Duration.ofDays(31).toSeconds(), "launch"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("lift-length"));
    assertThat(lift("api", 3_600, "launch"))
        .allMatch(a -> a.liftedUntil().equals(START.plusSeconds(3_600)))
        .allMatch(a -> a.comment().equals("launch"));
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(1);
    apply(BudgetPolicy.DEFAULT, withBad(120));
    assertThat(store.read(PolicyLedger::freeze)).as("what begins meanwhile is lifted").isEmpty();
    time.advance(Duration.ofMinutes(61));
    apply(BudgetPolicy.DEFAULT, withBad(120));
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(0.5);
    assertThat(store.read(PolicyLedger::freeze)).isPresent();
    assertThat(told()).contains("the policy of api is in force again: the time is over");
  }

  private List<SloViews.PolicyAct> lift(String objective, long seconds, String comment) {
    return store.write("test", tx -> PolicyLedger.lift(tx, objective, seconds, comment));
  }

  @Test
  void whatThePolicyAsksForNoMoreIsUndoneAndSoIsThatOfAnObjectiveThatIsGone() {
    apply(BudgetPolicy.DEFAULT, withBad(120));
    apply(BudgetPolicy.TELL, withBad(120));
    assertThat(acts()).containsExactly("notify");
    store.write(
        "test",
        tx -> {
          PolicyLedger.apply(tx, Map.of(), List.of(), Set.of("api"));
          return null;
        });
    assertThat(acts()).as("one that cannot be read now keeps its acts").hasSize(1);
    store.write(
        "test",
        tx -> {
          PolicyLedger.apply(tx, Map.of(), List.of(), Set.of());
          return null;
        });
    assertThat(acts()).isEmpty();
  }

  @Test
  void aPolicyIsReadWithItsSharesAndKindsAndOneActIsThereOnce() {
    var steps =
        Json.read(
            """
            [{"left": "30%", "do": "fewer-agents", "agents": "25%"},
             {"left": "5%", "do": "only-fixes", "kinds": ["hotfix"]}]
            """,
            com.fasterxml.jackson.databind.JsonNode.class);
    var policy = PolicyReader.read("api", steps, Map.of());
    apply(policy, withBad(96));
    assertThat(store.read(PolicyLedger::agents)).isEqualTo(0.25);
    assertThat(store.read(PolicyLedger::freeze).orElseThrow().kinds()).containsExactly("hotfix");
    assertThat(PolicyReader.read("api", Json.tree("strict"), Map.of("strict", steps)))
        .isEqualTo(policy);
    var twice = Json.MAPPER.createArrayNode().add(steps.get(0)).add(steps.get(0));
    assertThatThrownBy(() -> PolicyReader.read("api", twice, Map.of()))
        .hasMessageContaining("fewer-agents is there twice");
  }
}
