package dev.hivedeck.engine.forge;

import java.util.List;

/** An issue. */
public record RemoteIssue(
    int number, String title, String body, String url, String author, List<String> labels) {
  public RemoteIssue {
    labels = List.copyOf(labels);
  }
}
