package dev.hivedeck.engine.security.secret;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.SecretRef;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What of a configuration names which secret. */
final class SecretUses {
  private final SortedMap<String, SortedSet<String>> uses = new TreeMap<>();

  private SecretUses() {}

  /** By the secret's name, for example {@code channel ops}. */
  static SortedMap<String, SortedSet<String>> of(HiveConfig config) {
    var found = new SecretUses();
    config.notifications().channels().values().forEach(found::channel);
    var metrics = config.metrics();
    metrics.scrapes().forEach(s -> found.add("scrape " + s.name(), s.bearer()));
    metrics.servers().forEach(s -> found.add("prometheus " + s.name(), s.bearer()));
    if (metrics.otlp() != null) {
      metrics.otlp().headers().forEach((header, value) -> found.add("otlp " + header, value));
    }
    if (config.github().webhook() != null) {
      found.add("webhooks of GitHub", config.github().webhook());
    }
    return found.uses;
  }

  private void channel(ChannelConfig channel) {
    String use = "channel " + channel.name();
    switch (channel) {
      case ChannelConfig.Webhook c -> add(use, c.url(), c.sign());
      case ChannelConfig.Slack c -> add(use, c.url());
      case ChannelConfig.Email c -> add(use, c.password());
      case ChannelConfig.Alertmanager c -> add(use, c.url(), c.bearer());
      case ChannelConfig.Inbox _, ChannelConfig.Desktop _ -> {}
    }
  }

  private void add(String use, String reference) {
    if (reference != null && SecretRef.FORM.matcher(reference).matches()) {
      add(use, SecretRef.parse(reference));
    }
  }

  private void add(String use, SecretRef... references) {
    Arrays.stream(references)
        .filter(SecretRef.Stored.class::isInstance)
        .map(SecretRef.Stored.class::cast)
        .forEach(s -> uses.computeIfAbsent(s.name(), _ -> new TreeSet<>()).add(use));
  }
}
