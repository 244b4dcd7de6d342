package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.git.repository.FetchTimes;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.UpstreamReader;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What git says of main and of the user's checkout.
 *
 * @param commit the tip of main, as it is shown; empty where somebody removed main
 * @param checkout the branch of the user's checkout, or null
 * @param behind how many merges that lacks
 * @param upstream how main stands to the remote's branch that it follows; null without one
 */
public record WorkspaceStanding(
    String commit, String checkout, int behind, WorkspaceViews.Upstream upstream) {

  /**
   * @param fault what is not done with the remote
   */
  public static WorkspaceStanding look(
      Repository repository,
      MainCheckouts checkouts,
      UpstreamReader upstreams,
      Optional<HiveException.Fault> fault) {
    return new WorkspaceStanding(
        repository.tipIfThere().map(tip -> tip.substring(0, 7)).orElse(""),
        repository.checkout().orElse(null),
        checkouts.behind(repository.root()),
        upstreams
            .read()
            .map(
                u ->
                    new WorkspaceViews.Upstream(
                        u.name(),
                        u.ahead(),
                        u.behind(),
                        new FetchTimes(repository).last().orElse(null),
                        fault.map(HiveException.Fault::message).orElse(null),
                        fault.map(HiveException.Fault::hint).orElse(null)))
            .orElse(null));
  }

  /**
   * What there is to tell of a workspace, whether an engine works on it or not.
   *
   * @param version of the program
   * @param startedAt when the engine was; null where none runs
   */
  public WorkspaceViews.Workspace view(
      Sql sql,
      HiveConfig config,
      Repository repository,
      WorkspaceViews.Consent consent,
      String version,
      Instant startedAt,
      List<String> problems)
      throws SQLException {
    return new WorkspaceViews.Workspace(
        WorkspaceViews.Workspace.ID,
        config.name() != null ? config.name() : repository.root().getFileName().toString(),
        repository.root().toString(),
        repository.main(),
        commit,
        checkout,
        behind,
        upstream,
        consent.why() == null,
        OperatorActions.working(sql),
        OperatorActions.limit(sql),
        WorkspaceMeta.get(sql, "plan").orElse(null),
        version,
        startedAt,
        problems,
        consent);
  }
}
