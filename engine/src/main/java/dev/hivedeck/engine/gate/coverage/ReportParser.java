package dev.hivedeck.engine.gate.coverage;

import dev.hivedeck.engine.config.gate.CoverageFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads what a report says of lines, in each format. Nothing that a report names is fetched. */
final class ReportParser {
  /** {@code file.go:12.30,15.2 3 1}: from line and column to line and column, statements, runs. */
  private static final Pattern GO_BLOCK =
      Pattern.compile("(.+):(\\d{1,8})\\.\\d+,(\\d{1,8})\\.\\d+ \\d+ (\\d+)");

  private ReportParser() {}

  /** Hears of each line that tests can reach. */
  @FunctionalInterface
  interface Listener {
    void line(String file, int line, boolean reached);
  }

  /**
   * @throws UnreadableReport with what is wrong, without the report's name
   */
  static void read(CoverageFormat format, Reader report, Listener listener)
      throws IOException, UnreadableReport {
    try {
      switch (format) {
        case LCOV -> lcov(new BufferedReader(report), listener);
        case GO -> go(new BufferedReader(report), listener);
        case COBERTURA -> xml(report, "coverage", xml -> cobertura(xml, listener));
        case JACOCO -> xml(report, "report", xml -> jacoco(xml, listener));
      }
    } catch (XMLStreamException e) {
      throw new UnreadableReport("is no XML from line " + e.getLocation().getLineNumber() + " on");
    }
  }

  private static void lcov(BufferedReader lines, Listener listener)
      throws IOException, UnreadableReport {
    String file = null;
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.startsWith("SF:")) {
        file = line.substring(3);
      } else if (line.equals("end_of_record")) {
        file = null;
      } else if (line.startsWith("DA:") && file != null) {
        String[] told = line.substring(3).split(",");
        if (told.length < 2) {
          throw new UnreadableReport("has no line and count in line " + number);
        }
        listener.line(file, number(told[0], number), isReached(told[1]));
      }
    }
    if (number == 0) {
      throw new UnreadableReport("is empty");
    }
  }

  private static void go(BufferedReader lines, Listener listener)
      throws IOException, UnreadableReport {
    String first = lines.readLine();
    if (first == null || !first.startsWith("mode:")) {
      throw new UnreadableReport("does not begin with its mode");
    }
    int number = 1;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      Matcher block = GO_BLOCK.matcher(line);
      if (!block.matches()) {
        throw new UnreadableReport("has no block of code in line " + number);
      }
      int from = number(block.group(2), number);
      int to = number(block.group(3), number);
      for (int at = from; at <= to && at - from < 100_000; at++) {
        listener.line(block.group(1), at, isReached(block.group(4)));
      }
    }
  }

  /** {@code <class filename="a/b.py"><lines><line number="3" hits="1"/>}. */
  private static void cobertura(XMLStreamReader xml, Listener listener)
      throws XMLStreamException, UnreadableReport {
    String file = null;
    boolean method = false;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("method")) {
        method = false;
      }
      if (event != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (xml.getLocalName()) {
        case "class" -> file = attribute(xml, "filename");
        case "method" -> method = true; // its lines are told of the class as well
        case "line" -> {
          if (file != null && !method) {
            listener.line(
                file,
                number(attribute(xml, "number"), line(xml)),
                isReached(attribute(xml, "hits")));
          }
        }
        default -> {}
      }
    }
  }

  /** {@code <package name="a/b"><sourcefile name="C.java"><line nr="3" ci="2"/>}. */
  private static void jacoco(XMLStreamReader xml, Listener listener)
      throws XMLStreamException, UnreadableReport {
    String folder = "";
    String file = null;
    while (xml.hasNext()) {
      if (xml.next() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (xml.getLocalName()) {
        case "package" -> folder = attribute(xml, "name");
        case "sourcefile" -> file = (folder.isEmpty() ? "" : folder + "/") + attribute(xml, "name");
        case "line" -> {
          if (file != null) {
            listener.line(
                file, number(attribute(xml, "nr"), line(xml)), isReached(attribute(xml, "ci")));
          }
        }
        default -> {}
      }
    }
  }

  @FunctionalInterface
  private interface Body {
    void read(XMLStreamReader xml) throws XMLStreamException, UnreadableReport;
  }

  private static void xml(Reader report, String root, Body body)
      throws XMLStreamException, UnreadableReport {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    var xml = factory.createXMLStreamReader(report);
    while (xml.hasNext() && xml.next() != XMLStreamConstants.START_ELEMENT) {
      // what comes before the first element
    }
    if (!xml.isStartElement() || !xml.getLocalName().equals(root)) {
      throw new UnreadableReport("does not begin with <" + root + ">");
    }
    body.read(xml);
  }

  private static String attribute(XMLStreamReader xml, String name) throws UnreadableReport {
    String value = xml.getAttributeValue(null, name);
    if (value == null) {
      throw new UnreadableReport(
          "has a <%s> without %s in line %d".formatted(xml.getLocalName(), name, line(xml)));
    }
    return value;
  }

  private static int line(XMLStreamReader xml) {
    return xml.getLocation().getLineNumber();
  }

  private static int number(String digits, int at) throws UnreadableReport {
    try {
      return Integer.parseInt(digits.strip());
    } catch (NumberFormatException e) {
      throw new UnreadableReport("has no number of a line in line " + at);
    }
  }

  /** Counts grow beyond any type in long runs; all that matters is whether there is one. */
  private static boolean isReached(String count) {
    String plain = count.strip();
    return !plain.isEmpty() && plain.charAt(0) != '-' && plain.chars().anyMatch(c -> c > '0');
  }
}
