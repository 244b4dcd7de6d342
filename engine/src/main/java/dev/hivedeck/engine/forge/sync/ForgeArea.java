package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.forge.github.GitHubToken;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeQuery;
import dev.hivedeck.engine.protocol.forge.ForgeRegistration;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Registers GitHub: the link, its pull requests, and what looks at them. */
public final class ForgeArea implements AutoCloseable {
  private final Store store;
  private final ForgeLinker linker;
  private final ForgeSync sync;
  private final Webhooks webhooks;

  /**
   * @param known configuration in force, or before the first consent what is there
   * @param inForce configuration in force
   * @param environment of the engine
   * @param speed how much shorter than said the configured times are
   */
  public ForgeArea(
      Store store,
      Repository repository,
      Supplier<HiveConfig> known,
      Supplier<HiveConfig> inForce,
      ChangeReview review,
      ChangeReconciler changes,
      NewTasks newTasks,
      SecretLookup secrets,
      Map<String, String> environment,
      Supplier<String> ids,
      Clock clock,
      double speed) {
    var masked = secrets.redactor();
    var tokens = new GitHubToken(secrets, environment, repository.root());
    this.store = store;
    this.linker =
        new ForgeLinker(
            store,
            repository,
            () -> known.get().github(),
            () -> inForce.get().github(),
            tokens,
            ids,
            clock);
    var marks = new CommentMark(store, ids);
    this.sync =
        new ForgeSync(
            store,
            () -> inForce.get().github(),
            linker,
            new PullSync(
                store,
                repository,
                review,
                changes,
                marks,
                () -> inForce.get().merge().method(),
                ids,
                masked::redact,
                clock),
            new IssueTasks(store, newTasks, marks, ids, masked::redact),
            ids,
            clock,
            speed);
    this.webhooks = new Webhooks(store, () -> inForce.get().github(), secrets, sync, ids);
  }

  /** A change that is ready, or over, does not wait for the next look. */
  public void happened(Event event) {
    boolean wanted =
        event.type() == ChangeEvent.OPENED
            || event.type() == ChangeEvent.MERGED
            || event.type() == ChangeEvent.CLOSED;
    if (wanted && event.id() != null) {
      sync.hurryChange(ForgeLedger.changeNumber(event.id()));
    }
  }

  /** What takes what GitHub sends. */
  public Webhooks webhooks() {
    return webhooks;
  }

  /** What looks at GitHub. */
  public ForgeSync sync() {
    return sync;
  }

  /** Of an engine that is only asked. */
  public static Area reading(Ledger ledger) {
    return asked(ledger).build();
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked(store)
        .commands(
            ForgeCommand.class,
            command ->
                switch (command) {
                  case ForgeCommand.Link c -> Action.effect(() -> linked(c));
                  case ForgeCommand.Unlink _ -> Action.effect(() -> sync.alone(linker::unlink));
                  case ForgeCommand.Sync _ -> Action.effect(sync::now);
                })
        .build();
  }

  private Object linked(ForgeCommand.Link command) {
    var checked = linker.check(command);
    var status = sync.alone(() -> linker.link(checked));
    sync.hurry();
    return status;
  }

  private static Area.Builder asked(Ledger ledger) {
    return Area.named("forge")
        .queries(
            ForgeQuery.class,
            query ->
                switch (query) {
                  case ForgeQuery.Status _ -> ledger.read(LinkLedger::status);
                  case ForgeQuery.PullRequests _ -> ledger.read(ForgeLedger::pulls);
                })
        .things(ForgeRegistration.FORGE, sql -> List.of(LinkLedger.status(sql)))
        .things(
            ForgeRegistration.PULL_REQUEST,
            ForgeLedger::pulls,
            (sql, id) ->
                ForgeLedger.pull(sql, ForgeLedger.changeNumber(id))
                    .orElseThrow(
                        () ->
                            new HiveException(
                                ErrorCode.NO_THING,
                                "Change " + id + " has no pull request.",
                                "hivedeck github status lists those there are.")));
  }

  @Override
  public void close() {
    linker.close();
  }
}
