package dev.hivedeck.ui.control.chart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the nodes of a dependency graph stand: a column for each length of the longest way there,
 * rows so that edges cross little. Layers as Sugiyama, Tagawa and Toda (1981), order by barycentres
 * in a few sweeps; good enough to read, and linear enough for ten thousand nodes.
 */
public record DagLayout(Map<String, Spot> spots, List<List<String>> columns) {
  private static final int SWEEPS = 6;

  /** Column and row, from 0; rows of a short column are centred, hence not whole. */
  public record Spot(int column, double row) {}

  /** A node and what it needs; needs that are no node are left out. */
  public record Node(String id, List<String> needs) {}

  /** Lays out an acyclic graph; of a circle, what is behind it stands in the first column. */
  public static DagLayout of(List<Node> nodes) {
    var needs = new LinkedHashMap<String, List<String>>();
    nodes.forEach(n -> needs.put(n.id(), new ArrayList<>()));
    var users = new HashMap<String, List<String>>();
    for (Node node : nodes) {
      for (String need : node.needs()) {
        if (needs.containsKey(need) && !need.equals(node.id())) {
          needs.get(node.id()).add(need);
          users.computeIfAbsent(need, _ -> new ArrayList<>()).add(node.id());
        }
      }
    }
    var depth = depths(needs, users);
    var columns = new ArrayList<List<String>>();
    for (String id : needs.keySet()) {
      int at = depth.getOrDefault(id, 0);
      while (columns.size() <= at) {
        columns.add(new ArrayList<>());
      }
      columns.get(at).add(id);
    }
    var place = new HashMap<String, Double>();
    columns.forEach(column -> number(column, place));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean forward = sweep % 2 == 0;
      for (int i = 1; i < columns.size(); i++) {
        var column = columns.get(forward ? i : columns.size() - 1 - i);
        var neighbours = forward ? needs : users;
        column.sort(Comparator.comparingDouble(id -> centre(id, neighbours.get(id), place)));
        number(column, place);
      }
    }
    return new DagLayout(spots(columns), List.copyOf(columns));
  }

  private static Map<String, Integer> depths(
      Map<String, List<String>> needs, Map<String, List<String>> users) {
    var depth = new HashMap<String, Integer>();
    var open = new HashMap<String, Integer>();
    var ready = new ArrayDeque<String>();
    needs.forEach(
        (id, list) -> {
          open.put(id, list.size());
          if (list.isEmpty()) {
            ready.add(id);
          }
        });
    while (!ready.isEmpty()) {
      var id = ready.poll();
      int here = depth.getOrDefault(id, 0);
      depth.putIfAbsent(id, 0);
      for (String user : users.getOrDefault(id, List.of())) {
        depth.merge(user, here + 1, Math::max);
        if (open.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    return depth;
  }

  private static double centre(String id, List<String> neighbours, Map<String, Double> place) {
    if (neighbours == null || neighbours.isEmpty()) {
      return place.get(id);
    }
    double sum = 0;
    for (String n : neighbours) {
      sum += place.get(n);
    }
    return sum / neighbours.size();
  }

  private static void number(List<String> column, Map<String, Double> place) {
    for (int i = 0; i < column.size(); i++) {
      place.put(column.get(i), (double) i);
    }
  }

  private static Map<String, Spot> spots(List<List<String>> columns) {
    int most = columns.stream().mapToInt(List::size).max().orElse(0);
    var spots = new HashMap<String, Spot>();
    for (int c = 0; c < columns.size(); c++) {
      var column = columns.get(c);
      double gap = (most - column.size()) / 2.0;
      for (int r = 0; r < column.size(); r++) {
        spots.put(column.get(r), new Spot(c, r + gap));
      }
    }
    return spots;
  }

  /** How many rows the tallest column has. */
  public int height() {
    return columns.stream().mapToInt(List::size).max().orElse(0);
  }
}
