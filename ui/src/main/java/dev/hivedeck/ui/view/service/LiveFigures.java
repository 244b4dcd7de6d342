package dev.hivedeck.ui.view.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.ui.shell.ScreenContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javafx.util.Subscription;

/** What checks of services said of late, asked for each second while somebody looks. */
final class LiveFigures {
  private final ScreenContext context;
  private final Runnable news;
  private Map<String, ServiceFigures> known = Map.of();
  private boolean asking;

  LiveFigures(ScreenContext context, Runnable news) {
    this.context = context;
    this.news = news;
  }

  /** Begins to ask. */
  Subscription begin() {
    return context.live().now().subscribe(_ -> ask());
  }

  private void ask() {
    if (asking || context.live().cut().get()) {
      return;
    }
    asking = true;
    context
        .steering()
        .query(new ServiceQuery.Figures())
        .whenComplete(
            (answer, failure) -> {
              asking = false;
              if (failure == null) {
                take(answer);
              }
            });
  }

  private void take(JsonNode answer) {
    var fresh = new HashMap<String, ServiceFigures>();
    answer.forEach(
        node -> {
          var figures = Json.as(node, ServiceFigures.class);
          fresh.put(figures.id(), figures);
        });
    if (!fresh.equals(known)) {
      known = fresh;
      news.run();
    }
  }

  /** What is known of an instance. */
  Optional<InstanceFigures> of(String service, String instance) {
    return instances(service).stream().filter(f -> f.instance().equals(instance)).findFirst();
  }

  List<InstanceFigures> instances(String service) {
    var figures = known.get(service);
    return figures == null ? List.of() : figures.instances();
  }

  /** How long its checks took last, the slowest of its instances; empty where nobody knows. */
  String latest(String service) {
    return instances(service).stream()
        .map(InstanceFigures::millis)
        .filter(Objects::nonNull)
        .max(Double::compare)
        .map(millis -> words(context, millis))
        .orElse("–");
  }

  static String words(ScreenContext context, double millis) {
    return context.texts().text(millis < 10 ? "services.millis.few" : "services.millis", millis);
  }

  /** How long checks took, one after another, over all instances. */
  double[] shape(String service) {
    var longest = new ArrayList<Double>();
    for (var instance : instances(service)) {
      int skip = instance.latest().size();
      for (int i = 0; i < skip; i++) {
        double value = instance.latest().get(i);
        if (i < longest.size()) {
          longest.set(i, Math.max(longest.get(i), value));
        } else {
          longest.add(value);
        }
      }
    }
    return longest.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
