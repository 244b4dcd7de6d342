package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;

/** Kept work, and where git and the ledger differ. */
final class GitRoutes extends RouteGroup {

  @Override
  void register() {
    one(
        "/v1/kept/{id}/diff",
        "getKeptDiff",
        "What kept work holds",
        Query.FileDiffs.class,
        (engine, call) -> engine.query(new Query.KeptDiff(call.id())));
    steer(
        "/v1/kept/{id}/restore",
        "restoreKept",
        "Put kept work onto a new branch",
        "kept.restore",
        "id",
        Results.Restored.class,
        null);
    steer(
        "/v1/kept/drop",
        "dropKept",
        "Let go of kept work for good",
        "kept.drop",
        Results.Dropped.class,
        null);
    steer(
        "/v1/drift/reconcile",
        "reconcile",
        "Compare the database with what is there, now",
        "drift.reconcile",
        Results.Reconciled.class,
        null);
    steer(
        "/v1/drift/{id}/repair",
        "repairDrift",
        "Settle a drift; with digest, refused when it has changed (drift-changed)",
        "drift.repair",
        "id",
        Object.class,
        null);
  }
}
