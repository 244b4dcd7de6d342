package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagEvent;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagRegistration;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagSetting;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Registers feature flags. */
public final class FlagArea {
  private static final double PERCENT = 100;
  private static final int LONGEST_REASON = 500;

  private final Ledger ledger;
  private final Flags flags;

  /** Splits as they are written down. */
  private final Map<String, Split> kept = new ConcurrentHashMap<>();

  /**
   * @param ledger what people did with flags is read from there
   */
  public FlagArea(Ledger ledger, Flags flags) {
    this.ledger = ledger;
    this.flags = flags;
    ledger.read(
        sql -> {
          FlagLedger.all(sql).forEach(row -> flags.live(row.view().id()).setting(row));
          kept.putAll(FlagLedger.splits(sql));
          kept.forEach((key, split) -> flags.live(key).last(split));
          return null;
        });
  }

  /** Of an engine that is only asked. */
  public Area reading() {
    return asked().build();
  }

  /**
   * Writes down who has which variant, where that is another than before: the next engine goes on
   * from there.
   *
   * @param writing how that is done
   */
  public void keep(Consumer<Store.Update> writing) {
    var news = new TreeMap<String, Split>();
    for (var config : flags.configs().values()) {
      var split = flags.live(config.name()).split(config);
      var known = kept.get(config.name());
      if (known == null || !known.isSame(split)) {
        news.put(config.name(), split);
      }
    }
    if (!news.isEmpty()) {
      writing.accept(
          tx -> {
            for (var split : news.entrySet()) {
              FlagLedger.keep(tx.sql(), split.getKey(), split.getValue());
            }
          });
      kept.putAll(news);
    }
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked().commands(FlagCommand.class, this::action).build();
  }

  private Area.Builder asked() {
    return Area.named("flag")
        .queries(
            FlagQuery.class,
            query ->
                switch (query) {
                  case FlagQuery.Flags _ -> ledger.read(this::views);
                  case FlagQuery.OneFlag q -> ledger.read(sql -> view(sql, flags.needed(q.id())));
                })
        .things(FlagRegistration.FLAG, FlagLedger::views, FlagArea::setting);
  }

  private static FlagSetting setting(Sql sql, String key) throws SQLException {
    return FlagLedger.find(sql, key)
        .map(FlagLedger.Row::view)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_THING,
                    "Nobody has set or killed the flag " + key + ".",
                    "hivedeck flag show " + key + " says how it stands."));
  }

  private List<Flag> views(Sql sql) throws SQLException {
    var views = new ArrayList<Flag>();
    for (var config : flags.configs().values()) {
      views.add(view(sql, config));
    }
    return views;
  }

  /** Who gets what, and since what a person did. */
  private record Standing(Split split, WeightSource by, FlagLedger.@Nullable Row setting) {}

  private Flag view(Sql sql, FlagConfig config) throws SQLException {
    var flag = flags.live(config.name());
    return view(sql, config, new Standing(flag.split(config), flag.by(config), flag.setting()));
  }

  private Flag view(Sql sql, FlagConfig config, Standing standing) throws SQLException {
    var flag = flags.live(config.name());
    var setting = standing.setting();
    var variants = new ArrayList<FlagVariant>();
    for (var variant : config.variants().entrySet()) {
      var counts = flag.counts(variant.getKey());
      variants.add(
          new FlagVariant(
              variant.getKey(),
              variant.getValue(),
              percent(standing.split().weight(variant.getKey())),
              counts.all(),
              counts.failed()));
    }
    return new Flag(
        config.name(),
        config.type(),
        variants,
        config.standard(),
        config.key(),
        config.rules().stream()
            .map(r -> new FlagRule(r.attribute(), r.test().word(), r.values(), r.serve()))
            .toList(),
        standing.by(),
        setting != null && setting.view().killed(),
        setting == null ? "" : setting.view().because(),
        running(sql, config.name()).map(Rollout::id).orElse(null));
  }

  private static double percent(int weight) {
    return PERCENT * weight / Bucket.COUNT;
  }

  private static Optional<Rollout> running(Sql sql, String key) throws SQLException {
    String subject = RolloutSubject.flag(key).key();
    return RolloutLedger.open(sql).stream()
        .map(RolloutLedger.Row::view)
        .filter(view -> view.service().equals(subject))
        .findFirst();
  }

  private Action action(FlagCommand command) {
    return switch (command) {
      case FlagCommand.SetFlag c -> Action.answer(tx -> set(tx, c));
      case FlagCommand.KillFlag c -> Action.answer(tx -> kill(tx, c));
      case FlagCommand.RestoreFlag c -> Action.answer(tx -> restore(tx, c));
    };
  }

  private Flag set(Tx tx, FlagCommand.SetFlag command) throws SQLException {
    var config = flags.needed(command.id());
    String variant = variant(config, command.variant());
    var running = running(tx.sql(), config.name());
    if (running.isPresent()) {
      String id = running.get().id();
      throw new HiveException(
          ErrorCode.NOT_NOW,
          id + " says what share each variant of " + config.name() + " has.",
          "hivedeck rollout weight " + id + " gives its canary another.");
    }
    int weight = (int) Math.round(command.weight() / PERCENT * Bucket.COUNT);
    if (!(command.weight() >= 0 && command.weight() <= PERCENT)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          command.weight() + "% is no share.",
          "Write a number from 0 to 100, such as 12.5.");
    }
    var flag = flags.live(config.name());
    // A rollout may have left another variant as the one that has the rest.
    var now = flag.split(config).onto(config.standard());
    var weights = new HashMap<String, Integer>();
    now.versions().stream()
        .filter(config.variants()::containsKey)
        .forEach(v -> weights.put(v, now.weight(v)));
    weights.remove(config.standard());
    weights.put(variant, weight);
    int sum = weights.values().stream().mapToInt(Integer::intValue).sum();
    if (sum > Bucket.COUNT) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "The variants of " + config.name() + " would come to " + percent(sum) + "%.",
          "Give another variant less first.");
    }
    var split = now.to(weights);
    var before = flag.setting();
    var told = new TreeMap<String, Double>();
    split.versions().forEach(v -> told.put(v, percent(split.weight(v))));
    var row =
        new FlagLedger.Row(
            new FlagSetting(
                config.name(),
                flag.isKilled(),
                told,
                before == null ? "" : before.view().because(),
                tx.now()),
            new FlagLedger.Kept(
                LiveFlag.digest(config),
                split.base(),
                split.parts(),
                before == null ? 1 : before.kept().sets() + 1));
    FlagLedger.tell(
        tx,
        FlagEvent.SET,
        variant + " has " + SharePercent.words(command.weight()) + ", by you",
        row);
    tx.mirror(
        () -> {
          flag.setting(row);
          flag.rule(null);
        });
    return view(tx.sql(), config, new Standing(split, WeightSource.PERSON, row));
  }

  private static String variant(FlagConfig config, @Nullable String named) {
    var others = new ArrayList<>(config.variants().keySet());
    others.remove(config.standard());
    if (named == null && others.size() == 1) {
      return others.getFirst();
    }
    if (named == null || !others.contains(named)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          named == null
              ? config.name() + " has " + others.size() + " variants beside its default."
              : named.equals(config.standard())
                  ? named + " is the default of " + config.name() + ": it has what others leave."
                  : config.name() + " has no variant " + named + DidYouMean.to(named, others) + ".",
          others.isEmpty()
              ? "Add one in hive.yaml."
              : "Name one of these: " + String.join(", ", others) + ".");
    }
    return named;
  }

  private Flag kill(Tx tx, FlagCommand.KillFlag command) throws SQLException {
    var config = flags.needed(command.id());
    var flag = flags.live(config.name());
    if (flag.isKilled()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The flag " + config.name() + " is killed already.",
          "hivedeck flag restore " + config.name() + " has it evaluated again.");
    }
    String because = command.because() == null ? "" : command.because().strip();
    if (because.length() > LONGEST_REASON) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "The reason is longer than " + LONGEST_REASON + " characters.",
          "Say it in fewer.");
    }
    return killing(
        tx,
        config,
        true,
        because,
        FlagEvent.KILLED,
        "is killed: everybody gets "
            + config.standard()
            + (because.isEmpty() ? "" : "; you: " + because));
  }

  private Flag restore(Tx tx, FlagCommand.RestoreFlag command) throws SQLException {
    var config = flags.needed(command.id());
    if (!flags.live(config.name()).isKilled()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The flag " + config.name() + " is not killed.",
          "hivedeck flag show " + config.name() + " says how it stands.");
    }
    return killing(tx, config, false, "", FlagEvent.RESTORED, "is evaluated again");
  }

  private Flag killing(
      Tx tx, FlagConfig config, boolean killed, String because, FlagEvent type, String text)
      throws SQLException {
    var flag = flags.live(config.name());
    var before = flag.setting();
    Map<String, Double> weights = before == null ? null : before.view().weights();
    var row =
        new FlagLedger.Row(
            new FlagSetting(config.name(), killed, weights, because, tx.now()),
            before == null ? FlagLedger.Kept.NONE : before.kept());
    FlagLedger.tell(tx, type, text, row);
    tx.mirror(() -> flag.setting(row));
    return view(tx.sql(), config, new Standing(flag.split(config), flag.by(config), row));
  }
}
