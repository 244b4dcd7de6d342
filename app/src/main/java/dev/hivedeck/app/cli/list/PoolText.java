package dev.hivedeck.app.cli.list;

import dev.hivedeck.engine.protocol.EngineApi.Pool;
import dev.hivedeck.engine.protocol.Plural;

/** Says how many worktrees stand ready. */
final class PoolText {
  private PoolText() {}

  static String of(Pool pool) {
    return "%d of %s ready, %s%s"
        .formatted(
            pool.ready(),
            Plural.of(pool.wanted(), "worktree"),
            Plural.bytes(pool.bytes()),
            pool.why() == null ? "" : ": " + pool.why());
  }
}
