package dev.hivedeck.engine;

import dev.hivedeck.engine.api.flag.FlagEndpoint;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject.Kind;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.canary.WrittenSplits;
import dev.hivedeck.engine.rollout.control.RolloutArea;
import dev.hivedeck.engine.rollout.flag.FlagArea;
import dev.hivedeck.engine.rollout.flag.FlagTraffic;
import dev.hivedeck.engine.rollout.flag.Flags;
import dev.hivedeck.engine.rollout.proxy.ProxyTraffic;
import dev.hivedeck.engine.rollout.traffic.SubjectTraffic;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.health.AddressHealth;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who gets which version: feature flags, and rollouts of services and of flags. */
final class VersionExposure implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration PROXIES = Duration.ofSeconds(1);

  private final Store store;
  private final Supplier<String> ids;
  private final Flags flags;
  private final FlagArea flagArea;
  private final ProxyTraffic proxies;
  private final RolloutArea rollouts;
  private volatile @Nullable BackgroundTasks background;

  /**
   * @param config in force; empty before a person consented
   * @param services the traffic of the gateway
   * @param agents tasks, as agents share them
   * @param changes where the canaries of changes come from
   */
  VersionExposure(
      EngineOptions options,
      Store store,
      Supplier<HiveConfig> config,
      Traffic services,
      Traffic agents,
      ChangeVersions changes) {
    this.store = store;
    this.ids = options.ids();
    this.flags = new Flags(() -> config.get().flags());
    this.flagArea = new FlagArea(store, flags);
    var addresses = new AddressHealth(options.timers().clock());
    this.proxies =
        new ProxyTraffic(
            () -> config.get().rollouts().values(),
            this::work,
            check ->
                addresses
                    .of(check.rule(), check.host(), check.port())
                    .map(checked -> new Traffic.Health.Seen(checked.good(), checked.said())));
    this.rollouts =
        new RolloutArea(
            store,
            () -> config.get().rollouts(),
            () -> config.get().gateway(),
            new SubjectTraffic(
                Map.of(
                    Kind.SERVICE, services,
                    Kind.FLAG, new FlagTraffic(flags),
                    Kind.AGENT, agents),
                proxies,
                proxies::carries),
            changes,
            options.ids(),
            options.timers());
  }

  /** Of an engine that is only asked. */
  static List<Area> reading(Ledger ledger, HiveConfig config, Clock clock, List<Area> others) {
    var flags = new Flags(config::flags);
    var area = new FlagArea(ledger, flags);
    WrittenSplits.restore(
        ledger, new FlagTraffic(flags), service -> RolloutSubject.of(service).kind() == Kind.FLAG);
    var all = new ArrayList<>(others);
    all.add(area.reading());
    all.add(RolloutArea.reading(ledger, config::rollouts, clock));
    return all;
  }

  /** Of an engine that takes commands, with others. */
  List<Area> areas(List<Area> others) {
    var all = new ArrayList<>(others);
    all.add(flagArea.area());
    all.add(rollouts.area());
    return all;
  }

  /** Splits traffic as it was, before the first request. */
  void restore() {
    rollouts.restore();
  }

  /** Begins to look at what was counted. */
  void start(BackgroundTasks background) {
    this.background = background;
    rollouts.start(background);
    background.every("proxies", PROXIES, PROXIES, proxies::look);
    background.every("flags", LOOK, LOOK, this::keep);
  }

  private void work(Runnable work) {
    var tasks = background;
    if (tasks == null) {
      throw new RejectedExecutionException("nothing is begun yet");
    }
    tasks.start("proxy", work);
  }

  private void keep() {
    flagArea.keep(work -> store.update(ids.get(), work));
  }

  /** Removes what was made for canaries, once nothing of them runs. */
  @Override
  public void close() {
    rollouts.close();
    keep();
  }

  /** With where users' code asks for flags. */
  List<HttpEndpoint> endpoints(List<HttpEndpoint> others) {
    var all = new ArrayList<>(others);
    all.add(new FlagEndpoint(flags));
    return all;
  }
}
