package dev.hivedeck.engine.rollout.control;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.agent.AttemptAdvice;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.canary.CanaryActs;
import dev.hivedeck.engine.rollout.canary.CanaryController;
import dev.hivedeck.engine.rollout.canary.CanaryFigures;
import dev.hivedeck.engine.rollout.canary.CanaryProgress;
import dev.hivedeck.engine.rollout.canary.CanaryTransitions;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Registers rollouts. */
public final class RolloutArea implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final double PERCENT = 100;
  private static final double ERRORS = 1;

  private final Store store;
  private final Supplier<Map<String, RolloutConfig>> plans;
  private final Supplier<GatewayConfig> gateway;
  private final Traffic traffic;
  private final ChangeVersions changes;
  private final CanaryController controller;
  private final TrafficRate rates;

  /**
   * @param plans rollouts in force; none before a person consented
   * @param gateway in force, likewise
   * @param changes where the canaries of changes come from
   */
  public RolloutArea(
      Store store,
      Supplier<Map<String, RolloutConfig>> plans,
      Supplier<GatewayConfig> gateway,
      Traffic traffic,
      ChangeVersions changes,
      Supplier<String> ids,
      Timers timers) {
    this.store = store;
    this.plans = plans;
    this.gateway = gateway;
    this.traffic = traffic;
    this.changes = changes;
    this.controller = new CanaryController(store, traffic, this::route, changes, ids, timers);
    this.rates = new TrafficRate(traffic, timers.clock());
  }

  /** What the gateway is told of a service, so that it is seen when it is told otherwise. */
  private Optional<String> route(String service) {
    var other = traffic.route(service);
    if (other.isPresent() || RolloutSubject.of(service).kind() != RolloutSubject.Kind.SERVICE) {
      return other;
    }
    return Optional.ofNullable(gateway.get().services().get(service))
        .map(
            route ->
                route.base()
                    + " "
                    + new TreeMap<>(route.versions())
                    + " "
                    + new TreeMap<>(route.weights()));
  }

  /** Splits traffic as it was, before the gateway leads the first request. */
  public void restore() {
    controller.restore();
  }

  /** Begins to look at what was counted. */
  public void start(BackgroundTasks background) {
    controller.start(background);
    background.every(
        "rates",
        LOOK,
        LOOK,
        () -> rates.look(plans.get().values().stream().map(RolloutConfig::service).toList()));
  }

  /** Removes what was made for canaries, once nothing of them runs. */
  @Override
  public void close() {
    changes.close();
  }

  /** Of an engine that is only asked. */
  public static Area reading(
      Ledger ledger, Supplier<Map<String, RolloutConfig>> plans, Clock clock) {
    return asked(
            ledger,
            id ->
                CanaryFigures.of(ledger.read(sql -> RolloutLedger.find(sql, id)), clock.instant()),
            () -> offers(plans.get(), ledger, name -> Optional.empty(), name -> Set.of()),
            query -> forecasts(plans.get(), query, OptionalDouble.empty()))
        .build();
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked(
            store,
            controller::figures,
            () -> offers(plans.get(), store, this::split, traffic::present),
            query -> forecasts(plans.get(), query, rate(query.id())))
        .commands(RolloutCommand.class, this::action)
        .build();
  }

  private static Area.Builder asked(
      Ledger ledger,
      Function<String, RolloutFigures> figures,
      Supplier<List<RolloutOffer>> offers,
      Function<RolloutQuery.Plan, List<StepForecast>> forecasts) {
    return Area.named("rollout")
        .queries(
            RolloutQuery.class,
            query ->
                switch (query) {
                  case RolloutQuery.Rollouts _ -> ledger.read(RolloutLedger::all);
                  case RolloutQuery.OneRollout q ->
                      ledger.read(sql -> RolloutLedger.one(sql, q.id()));
                  case RolloutQuery.Figures q ->
                      figures
                          .apply(q.id())
                          .advised(ledger.read(sql -> AttemptAdvice.of(sql, q.id())));
                  case RolloutQuery.Samples q ->
                      ledger.read(sql -> RolloutLedger.samples(sql, q.id()));
                  case RolloutQuery.Offers _ -> offers.get();
                  case RolloutQuery.Plan q -> forecasts.apply(q);
                })
        .things(RolloutRegistration.ROLLOUT, RolloutLedger::all, RolloutLedger::one);
  }

  private Action action(RolloutCommand command) {
    return switch (command) {
      case RolloutCommand.StartRollout c -> Action.answer(tx -> told(tx, start(tx, c)));
      case RolloutCommand.PromoteRollout c ->
          Action.answer(
              tx -> told(tx, CanaryActs.promote(tx, c.id(), c.step(), controller::missing)));
      case RolloutCommand.HoldRollout c ->
          Action.answer(tx -> told(tx, CanaryActs.hold(tx, c.id())));
      case RolloutCommand.ResumeRollout c ->
          Action.answer(tx -> told(tx, CanaryActs.resume(tx, c.id())));
      case RolloutCommand.WeighRollout c ->
          Action.answer(tx -> told(tx, CanaryActs.weigh(tx, c.id(), c.weight())));
      case RolloutCommand.AbortRollout c ->
          Action.answer(tx -> told(tx, CanaryActs.abort(tx, c.id(), c.because())));
    };
  }

  private Rollout told(Tx tx, Rollout view) {
    tx.after(controller::wake);
    return view;
  }

  private Rollout start(Tx tx, RolloutCommand.StartRollout command) throws SQLException {
    var plan = plan(plans.get(), command.rollout());
    String service = plan.service();
    var running = running(tx.sql(), service);
    if (running.isPresent()) {
      throw new HiveException(
          ErrorCode.EXISTS,
          running.get() + " exposes a version of " + service + " already.",
          "Wait for it, or take it back: hivedeck rollout abort " + running.get() + ".");
    }
    var split = split(service).orElseThrow(() -> StartRefusal.nobodyLeads(service, traffic));
    var exposed = exposed(tx.sql(), service, command);
    String canary = exposed == null ? String.valueOf(command.canary()) : exposed.change();
    String stable = stable(split);
    if (stable.equals(canary)) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          canary + " has the traffic of " + service + " already.",
          "Name another version; hivedeck rollout offers lists those there are.");
    }
    mustBeTwo(split, service, stable, canary);
    var progress = CanaryProgress.begun(plan, route(service).orElse("")).splitting(split);
    return CanaryTransitions.start(
        tx, progress, stable, canary, exposed == null ? null : exposed.commit());
  }

  /** What is exposed of a change; null for a version that the gateway knows. */
  private ChangeVersions.@Nullable Exposed exposed(
      Sql sql, String service, RolloutCommand.StartRollout command) throws SQLException {
    String canary = command.canary();
    String change = command.change();
    if ((canary == null) == (change == null)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "A rollout exposes a version or a change, "
              + (canary == null ? "not nothing." : "not both."),
          "Name one: --canary VERSION, or --change C-4.");
    }
    if (change != null && RolloutSubject.of(service).kind() != RolloutSubject.Kind.SERVICE) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "A change is exposed as a version of a service, and of nothing else.",
          "Name a variant: --canary on.");
    }
    if (change != null && traffic.route(service).isPresent()) {
      throw StartRefusal.changeBehindProxy(service);
    }
    if (change != null) {
      var written = gateway.get().services().get(service);
      if (written != null && !written.versions().isEmpty()) {
        throw new HiveException(
            ErrorCode.NOT_NOW,
            "gateway.services in hive.yaml says where the versions of " + service + " are.",
            "Have Hivedeck run it: services."
                + service
                + " with run: and route:, and no versions:"
                + " below gateway.services."
                + service
                + ".");
      }
      return changes.choose(sql, service, change);
    }
    if (!traffic.present(service).contains(canary)) {
      throw StartRefusal.noVersion(service, String.valueOf(canary), traffic);
    }
    return null;
  }

  private static void mustBeTwo(Split split, String service, String stable, String canary) {
    var others =
        split.versions().stream().filter(v -> !v.equals(stable) && !v.equals(canary)).toList();
    if (!others.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Beside "
              + stable
              + ", "
              + String.join(", ", others)
              + " has traffic of "
              + service
              + ".",
          "A rollout has two versions: take its weight out of gateway.services in hive.yaml.");
    }
  }

  private Optional<Split> split(String service) {
    return traffic.services().contains(service) ? traffic.split(service) : Optional.empty();
  }

  /** The version that most of the traffic goes to, whatever it is called. */
  private static String stable(Split split) {
    return split.versions().stream()
        .max(Comparator.comparingInt(split::weight))
        .orElse(split.base());
  }

  private static RolloutConfig plan(Map<String, RolloutConfig> plans, String name) {
    var plan = plans.get(name);
    if (plan == null) {
      throw new HiveException(
          ErrorCode.NO_THING,
          "There is no rollout "
              + name
              + " in hive.yaml"
              + DidYouMean.to(name, plans.keySet())
              + ".",
          "rollouts: in .hivedeck/hive.yaml says how versions of a service are exposed.");
    }
    return plan;
  }

  private static Optional<String> running(Sql sql, String service) throws SQLException {
    return RolloutLedger.open(sql).stream()
        .map(RolloutLedger.Row::view)
        .filter(view -> view.service().equals(service))
        .map(Rollout::id)
        .findFirst();
  }

  private static List<RolloutOffer> offers(
      Map<String, RolloutConfig> plans,
      Ledger ledger,
      Function<String, Optional<Split>> splits,
      Function<String, Set<String>> versions) {
    return ledger.read(
        sql -> {
          var offers = new ArrayList<RolloutOffer>();
          for (var plan : plans.values()) {
            offers.add(
                offer(
                    plan,
                    splits.apply(plan.service()).orElse(null),
                    versions.apply(plan.service()),
                    running(sql, plan.service()).orElse(null)));
          }
          return offers;
        });
  }

  private static RolloutOffer offer(
      RolloutConfig plan, @Nullable Split split, Set<String> versions, @Nullable String running) {
    String stable = split == null ? null : stable(split);
    String problem =
        split == null
            ? StartRefusal.notLed(plan.service())
            : running == null ? null : running + " is under way";
    return new RolloutOffer(
        plan.name(),
        plan.service(),
        stable,
        versions.stream().filter(version -> !version.equals(stable)).toList(),
        CanaryTransitions.steps(CanaryProgress.begun(plan, "")),
        running,
        problem,
        plan.strategy());
  }

  private OptionalDouble rate(String name) {
    var plan = plans.get().get(name);
    return plan == null ? OptionalDouble.empty() : rates.perMinute(plan.service());
  }

  private static List<StepForecast> forecasts(
      Map<String, RolloutConfig> plans, RolloutQuery.Plan query, OptionalDouble counted) {
    var plan = plan(plans, query.id());
    Double asked = query.rate();
    double rate =
        asked != null
            ? asked
            : counted.orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.NOT_NOW,
                        "It is not known how many requests " + plan.service() + " has.",
                        "Say how many a minute: --rate 20."));
    double errors = query.errors() == null ? ERRORS : query.errors();
    double finds = query.finds() == null ? 3 * errors : query.finds();
    if (!(rate > 0
        && rate <= 1e6
        && errors > 0
        && errors < PERCENT
        && finds > errors
        && finds <= PERCENT)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "Nothing can be planned with "
              + rate
              + " requests a minute, "
              + errors
              + "% errors, and "
              + finds
              + "% to be found.",
          "The rate is above 0, and there are more errors to be found than there are.");
    }
    return StepForecasts.of(plan, rate, errors / PERCENT, finds / PERCENT);
  }
}
