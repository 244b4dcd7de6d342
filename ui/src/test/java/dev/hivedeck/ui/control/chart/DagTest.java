package dev.hivedeck.ui.control.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DagTest {
  @Test
  void everyEdgeGoesRightAndNoTwoNodesShareASpot() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      var nodes = new ArrayList<Dag.Node>();
      int size = 1 + random.nextInt(60);
      for (int i = 0; i < size; i++) {
        var needs = new HashSet<String>();
        for (int n = random.nextInt(4); n > 0 && i > 0; n--) {
          needs.add("T" + random.nextInt(i));
        }
        nodes.add(new Dag.Node("T" + i, List.copyOf(needs)));
      }
      var dag = Dag.of(nodes);
      assertThat(dag.spots()).as("seed %d", seed).hasSize(size);
      assertThat(new HashSet<>(dag.spots().values())).as("seed %d", seed).hasSize(size);
      for (var node : nodes) {
        for (var need : node.needs()) {
          assertThat(dag.spots().get(node.id()).column())
              .as("seed %d: %s needs %s", seed, node.id(), need)
              .isGreaterThan(dag.spots().get(need).column());
        }
      }
    }
  }

  @Test
  void aNodeStandsRightAfterTheLastThatItNeeds() {
    var dag =
        Dag.of(
            List.of(
                new Dag.Node("a", List.of()),
                new Dag.Node("b", List.of("a")),
                new Dag.Node("c", List.of("a", "b")),
                new Dag.Node("d", List.of("gone"))));
    assertThat(dag.columns()).hasSize(3);
    assertThat(dag.spots().get("c").column()).isEqualTo(2);
    assertThat(dag.spots().get("d").column()).isZero();
  }

  @Test
  void linesThatNeedNotCrossDoNot() {
    var dag =
        Dag.of(
            List.of(
                new Dag.Node("a1", List.of()),
                new Dag.Node("b1", List.of()),
                new Dag.Node("b2", List.of("b1")),
                new Dag.Node("a2", List.of("a1"))));
    boolean above = dag.spots().get("a1").row() < dag.spots().get("b1").row();
    assertThat(dag.spots().get("a2").row() < dag.spots().get("b2").row()).isEqualTo(above);
  }

  @Test
  void aCircleIsDrawnAndHarmsNothing() {
    var dag =
        Dag.of(
            List.of(
                new Dag.Node("a", List.of("b")),
                new Dag.Node("b", List.of("a")),
                new Dag.Node("c", List.of("c"))));
    assertThat(dag.spots()).containsOnlyKeys("a", "b", "c");
  }
}
