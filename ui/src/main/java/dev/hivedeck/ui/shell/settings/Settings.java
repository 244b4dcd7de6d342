package dev.hivedeck.ui.shell.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javafx.util.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the desktop remembers between starts: a tree of small values by path such as {@code
 * window.width}. Written a moment after the last change, to a file beside and then moved, so that a
 * crash leaves the old or the new, never half of one. A damaged file is set aside and begun anew.
 */
public final class Settings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Settings.class);
  private static final Duration REST = Duration.ofMillis(500);
  private static final int RECENT = 12;

  private final Path file;
  private final ObjectNode root;
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("settings").factory());
  private final Map<String, List<Consumer<String>>> watchers = new ConcurrentHashMap<>();
  private ScheduledFuture<?> due;

  /**
   * @param file where to keep them; null keeps them in memory only
   */
  public Settings(Path file) {
    this.file = file;
    this.root = read(file);
  }

  private static ObjectNode read(Path file) {
    if (file == null || !Files.isRegularFile(file)) {
      return Json.object();
    }
    try {
      if (Json.MAPPER.readTree(file.toFile()) instanceof ObjectNode object) {
        return object;
      }
      throw new IOException("not a JSON object");
    } catch (IOException e) {
      var aside = file.resolveSibling(file.getFileName() + ".damaged");
      LOG.warn("Settings in {} cannot be read ({}); kept as {}", file, e.getMessage(), aside);
      try {
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException again) {
        LOG.warn("They could not be set aside", again);
      }
      return Json.object();
    }
  }

  public synchronized String text(String path, String otherwise) {
    return at(path).map(JsonNode::asText).orElse(otherwise);
  }

  public synchronized double number(String path, double otherwise) {
    return at(path).filter(JsonNode::isNumber).map(JsonNode::asDouble).orElse(otherwise);
  }

  public synchronized boolean flag(String path, boolean otherwise) {
    return at(path).filter(JsonNode::isBoolean).map(JsonNode::asBoolean).orElse(otherwise);
  }

  public void put(String path, String value) {
    synchronized (this) {
      parent(path).put(leaf(path), value);
      changed();
    }
    watchers.getOrDefault(path, List.of()).forEach(w -> w.accept(value));
  }

  /** Tells {@code watcher} each new text at that path, on the thread that put it. */
  public Subscription watch(String path, Consumer<String> watcher) {
    var list = watchers.computeIfAbsent(path, _ -> new CopyOnWriteArrayList<>());
    list.add(watcher);
    return () -> list.remove(watcher);
  }

  public synchronized void put(String path, double value) {
    parent(path).put(leaf(path), value);
    changed();
  }

  public synchronized void put(String path, boolean value) {
    parent(path).put(leaf(path), value);
    changed();
  }

  public synchronized void remove(String path) {
    parent(path).remove(leaf(path));
    changed();
  }

  /** What is remembered of the workspace at that path. */
  public WorkspaceMemory of(String path) {
    return new WorkspaceMemory(this, path);
  }

  /** A file of that name beside these; null where they are kept in memory only. */
  Path beside(String name) {
    return file == null ? null : file.resolveSibling(name);
  }

  /** The folders opened last, latest first. */
  public synchronized List<String> recent() {
    return folders("recent");
  }

  /** The folders that were open when the program ended, in their order. */
  public synchronized List<String> open() {
    return folders("open");
  }

  /** That folder is to be open at the next start, too, or no more. */
  public synchronized void keepOpen(String folder, boolean open) {
    var folders = folders("open");
    if (open == folders.contains(folder)) {
      return;
    }
    if (open) {
      folders.add(folder);
    } else {
      folders.remove(folder);
    }
    var array = root.putArray("open");
    folders.stream().limit(RECENT).forEach(array::add);
    changed();
  }

  private List<String> folders(String name) {
    var folders = new ArrayList<String>();
    root.path(name).forEach(n -> folders.add(n.asText()));
    return folders;
  }

  public synchronized void opened(String folder) {
    var folders = recent();
    folders.remove(folder);
    folders.addFirst(folder);
    var array = root.putArray("recent");
    folders.stream().limit(RECENT).forEach(array::add);
    changed();
  }

  public synchronized void forget(String folder) {
    var folders = recent();
    folders.remove(folder);
    var array = root.putArray("recent");
    folders.forEach(array::add);
    changed();
  }

  /** Writes what is not written yet. */
  @Override
  public synchronized void close() {
    writer.shutdownNow();
    if (due != null) {
      write();
    }
  }

  private Optional<JsonNode> at(String path) {
    JsonNode node = root;
    for (var part : path.split("\\.")) {
      node = node.path(part);
    }
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private ObjectNode parent(String path) {
    var node = root;
    var parts = path.split("\\.");
    for (int i = 0; i < parts.length - 1; i++) {
      node = node.get(parts[i]) instanceof ObjectNode child ? child : node.putObject(parts[i]);
    }
    return node;
  }

  private static String leaf(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private void changed() {
    if (file == null || writer.isShutdown()) {
      return;
    }
    if (due != null) {
      due.cancel(false);
    }
    due = writer.schedule(this::write, REST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void write() {
    due = null;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(
          fresh, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root));
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("Settings could not be written to {}: {}", file, e.toString());
    }
  }
}
