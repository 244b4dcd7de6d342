package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.ArrayList;
import java.util.List;

/** Takes what speaks against a change, by the weights of its workspace, and what was cleared. */
final class Obstacles {
  private final ChangeFacts facts;
  private final List<Obstacle> found = new ArrayList<>();

  Obstacles(ChangeFacts facts) {
    this.facts = facts;
  }

  List<Obstacle> all() {
    return List.copyOf(found);
  }

  /** Takes one that only warns and is about the change itself. */
  void warn(ObstacleKind kind, int points, String text, String remedy) {
    add(new Obstacle(kind, false, points, text, remedy, null));
  }

  /**
   * Takes one, with its points as usual.
   *
   * @return whether it stands, so that it costs
   */
  boolean add(Obstacle o) {
    var clearance = facts.clearances().stream().filter(c -> c.holds(o, facts.head())).findFirst();
    found.add(
        new Obstacle(
            o.kind(),
            (o.blocks() || blocks(o)) && clearance.isEmpty(),
            clearance.isEmpty() ? facts.health().weights().of(o.kind(), o.points()) : 0,
            o.text(),
            o.remedy(),
            o.about(),
            o.code(),
            clearance.map(Clearance::cleared).orElse(null)));
    return clearance.isEmpty();
  }

  /** Whether its workspace wants it to. */
  private boolean blocks(Obstacle o) {
    return facts.health().blocking().contains(o.kind()) && !facts.over();
  }
}
