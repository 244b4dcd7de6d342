package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a condition becomes an alert.
 *
 * @param name the label {@code alertname}
 * @param holdFor how long the condition must hold, Prometheus' {@code for}
 * @param keepFiringFor how long it fires on once the condition no longer holds
 * @param labels added to those of what was found; may hold templates
 * @param annotations texts for people; may hold templates
 */
public record AlertRule(
    String name,
    Duration holdFor,
    Duration keepFiringFor,
    Map<String, String> labels,
    Map<String, String> annotations) {
  /** The label that names an alert's rule. */
  public static final String NAME = "alertname";

  public AlertRule {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /**
   * What a condition found, as the alert it is: the labels after templates are its identity.
   *
   * @param found labels of the result
   */
  public Observation observe(Labels found, double value) {
    var all = found.withoutName().toMap();
    labels.forEach((name, text) -> all.put(name, Template.expand(text, found, value)));
    all.put(NAME, name);
    var texts = new TreeMap<String, String>();
    annotations.forEach((name, text) -> texts.put(name, Template.expand(text, found, value)));
    return new Observation(Labels.of(all), value, texts);
  }

  /**
   * A condition that holds now.
   *
   * @param labels who the alert is
   */
  public record Observation(Labels labels, double value, Map<String, String> annotations) {}
}
