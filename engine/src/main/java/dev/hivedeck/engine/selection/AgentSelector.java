package dev.hivedeck.engine.selection;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.selection.ThompsonSampling.Boundary;
import dev.hivedeck.engine.selection.ThompsonSampling.Candidate;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Gives a task that names no agent to one of those that are free for it, by what is known of them.
 * Nobody free waits for somebody better who is not: what could be done is done.
 */
public final class AgentSelector {
  private final AgentLedger agents;
  private final TrackRecords records;
  private final Supplier<HiveConfig> config;
  private final RandomGenerator random;

  public AgentSelector(
      AgentLedger agents,
      TrackRecords records,
      Supplier<HiveConfig> config,
      RandomGenerator random) {
    this.agents = agents;
    this.records = records;
    this.config = config;
    this.random = random;
  }

  /**
   * @param why null when nothing was weighed
   */
  public record Chosen(String agent, AttemptViews.Choice why) {}

  /**
   * @param able offers of agents that are free and have what the task asks for, in the order of
   *     preference among equals
   */
  public Chosen choose(Tx tx, TaskLedger.Row task, List<Offer> able) throws SQLException {
    if (!config.get().schedule().choice() || agents.all().size() == 1) {
      return new Chosen(able.getFirst().agent(), null);
    }
    var names = able.stream().map(Offer::agent).toList();
    String work = task.work();
    var standing = records.standing(tx);
    var candidates = new ArrayList<Candidate>();
    for (String name : names) {
      candidates.add(
          new Candidate(
              name,
              boundary(agents.find(name).map(AgentSpec::owns).orElse(List.of()), task.produces()),
              standing.of(name, work),
              standing.elsewhere(name, work)));
    }
    var made = ThompsonSampling.of(candidates, standing.ofAll(work), random);
    var chosen = made.chosen();
    double tries = chosen.here().tries();
    return new Chosen(
        chosen.agent(),
        new AttemptViews.Choice(
            work,
            tries,
            tries < 1 ? made.expected().share() : chosen.here().verified() / tries,
            made.expected().seconds(),
            made.expected().cost(),
            chosen.boundary().name().toLowerCase(Locale.ROOT),
            made.learning() ? made.best().agent() : null,
            names.stream().filter(name -> !name.equals(chosen.agent())).toList()));
  }

  static Boundary boundary(List<String> owns, List<String> paths) {
    if (owns.isEmpty() || paths.isEmpty()) {
      return Boundary.FREE;
    }
    return paths.stream().allMatch(path -> CodeOwners.owns(owns, path))
        ? Boundary.OWNS
        : Boundary.OUTSIDE;
  }
}
