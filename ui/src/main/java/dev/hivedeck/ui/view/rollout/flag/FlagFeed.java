package dev.hivedeck.ui.view.rollout.flag;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagRegistration;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagSetting;
import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javafx.util.Subscription;

/** Flags as they are, asked for while somebody looks: what code reports of them has no events. */
final class FlagFeed {
  /** How many seconds pass between two looks. */
  private static final int EVERY = 5;

  private final ScreenContext context;
  private final Runnable news;
  private final EntityStore<AuditEntry> audit;
  private final EntityStore<Rollout> rollouts;
  private final EntityStore<FlagSetting> settings;
  private List<Flag> flags = List.of();
  private HiveException.Fault problem;
  private boolean known;
  private boolean asking;
  private boolean again;
  private int seconds;

  /**
   * @param news runs when something else is known
   */
  FlagFeed(ScreenContext context, Runnable news) {
    this.context = context;
    this.news = news;
    audit = context.live().things(Topic.of("audit"), AuditEntry.class);
    rollouts = context.live().things(RolloutRegistration.ROLLOUT, Rollout.class);
    settings = context.live().things(FlagRegistration.FLAG, FlagSetting.class);
  }

  /** Begins to ask. */
  Subscription begin() {
    seconds = 0;
    return Subscription.combine(
        settings.watch(this::look),
        rollouts.watch(this::look),
        audit.watch(news),
        context.live().now().subscribe(_ -> tick()));
  }

  private void tick() {
    if (seconds++ % EVERY == EVERY - 1) {
      look();
    }
  }

  void look() {
    if (context.live().cut().get()) {
      return; // what was known stays
    }
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    context
        .steering()
        .query(new FlagQuery.Flags())
        .thenApply(FlagFeed::read)
        .whenComplete(
            (answer, failure) -> {
              asking = false;
              problem = failure == null ? null : ErrorMessages.of(failure);
              if (failure == null) {
                flags = answer;
                known = true;
              }
              news.run();
              if (again) {
                again = false;
                look();
              }
            });
  }

  private static List<Flag> read(JsonNode answer) {
    var found = new ArrayList<Flag>();
    answer.forEach(node -> found.add(Json.as(node, Flag.class)));
    return List.copyOf(found);
  }

  List<Flag> all() {
    return flags;
  }

  Optional<Flag> get(String key) {
    return flags.stream().filter(f -> f.id().equals(key)).findFirst();
  }

  /** Whether they were told once. */
  boolean known() {
    return known;
  }

  /** When something was done with a flag last; empty where nothing is known of that. */
  Optional<Instant> changedAt(String key) {
    return settings.all().stream()
        .filter(setting -> setting.id().equals(key))
        .map(FlagSetting::changedAt)
        .findFirst()
        .or(() -> history(key).stream().findFirst().map(AuditEntry::at));
  }

  /** Why they are not known as they are now; null where they are. */
  HiveException.Fault problem() {
    return problem;
  }

  /** Who did what with a flag, the latest first; what was refused changed nothing. */
  List<AuditEntry> history(String key) {
    return audit.all().stream()
        .filter(e -> e.command().startsWith("flag.") && key.equals(e.about()) && !e.refused())
        .sorted(Comparator.comparing(AuditEntry::at).reversed())
        .toList();
  }

  /** Rollouts of a flag, the newest first. */
  List<Rollout> rollouts(String key) {
    var subject = RolloutSubject.flag(key).key();
    return rollouts.all().stream()
        .filter(r -> r.service().equals(subject))
        .sorted(Comparator.comparing(Rollout::startedAt).reversed())
        .toList();
  }
}
