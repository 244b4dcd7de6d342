package dev.hivedeck.engine.rollout.proxy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The runtime API of HAProxy, as far as it is asked, with one backend: {@code orders}. */
public final class FakeHaproxy implements AutoCloseable {
  private static final String FIELDS =
      "# pxname,svname,econ,eresp,wredis,status,weight,uweight,hrsp_1xx,hrsp_2xx,hrsp_3xx,"
          + "hrsp_4xx,hrsp_5xx,hrsp_other,";

  private final Path socket;
  private final Map<String, Server> servers = new LinkedHashMap<>();
  private final List<String> orders = new ArrayList<>();
  private ServerSocketChannel listening;
  private int pid = 1;
  private String refusal = "";
  private boolean silent;
  private boolean tcp;

  private static final class Server {
    private int weight;
    private String state;
    private final long[] counts = new long[4];

    private Server(int weight, String state) {
      this.weight = weight;
      this.state = state;
    }
  }

  /** One with a server {@code a} that has all, and {@code b} in maintenance. */
  public FakeHaproxy(Path socket) throws IOException {
    this.socket = socket;
    begin();
    open();
  }

  private void begin() {
    servers.clear();
    servers.put("a", new Server(100, "UP"));
    servers.put("b", new Server(1, "MAINT"));
  }

  /** Answers again. */
  public void open() throws IOException {
    Files.deleteIfExists(socket);
    var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(socket));
    listening = channel;
    Thread.ofVirtual().start(() -> serve(channel));
  }

  private void serve(ServerSocketChannel channel) {
    while (channel.isOpen()) {
      try (var client = channel.accept()) {
        answer(client);
      } catch (IOException e) {
        // Whoever asked is gone, or this is.
      }
    }
  }

  private void answer(SocketChannel client) throws IOException {
    var line = new StringBuilder();
    var in = Channels.newInputStream(client);
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    if (isSilent()) {
      in.read(); // until whoever asked goes
      return;
    }
    client.write(ByteBuffer.wrap(said(line.toString()).getBytes(StandardCharsets.UTF_8)));
  }

  private synchronized boolean isSilent() {
    return silent;
  }

  private synchronized String said(String line) {
    var said = new StringBuilder();
    for (String command : line.split(";")) {
      said.append(one(command)).append('\n');
    }
    return said.toString();
  }

  private String one(String command) {
    if (command.equals("show info")) {
      return "Name: HAProxy\nPid: " + pid + "\nUptime_sec: 5\nStart_time_sec: 17\n";
    }
    if (command.equals("show stat orders 4 -1")) {
      var text = new StringBuilder(FIELDS).append('\n');
      servers.forEach(
          (name, s) ->
              text.append(
                  (tcp
                          ? "orders,%s,%d,0,%d,%s,%d,%d,,,,,,,\n"
                          : "orders,%s,%d,0,%d,%s,%d,%d,0,%d,0,0,%d,0,\n")
                      .formatted(
                          name,
                          s.counts[2],
                          s.counts[3],
                          s.state,
                          s.weight,
                          s.weight,
                          s.counts[0],
                          s.counts[1])));
      return text.toString();
    }
    if (command.startsWith("show stat ")) {
      return "No such proxy.\n";
    }
    if (!refusal.isEmpty()) {
      return refusal + "\n";
    }
    String[] words = command.split(" ");
    orders.add(command.substring("set server orders/".length()));
    var server = servers.get(words[2].substring("orders/".length()));
    if (words[3].equals("weight")) {
      server.weight = Integer.parseInt(words[4]);
    } else {
      String next = words[4].equals("maint") ? "MAINT" : "UP";
      server.state = server.state.contains("(") ? server.state : next;
    }
    return "";
  }

  /** Another process, with what its file says, and counts of its own. */
  public synchronized void reload() {
    pid++;
    begin();
  }

  /** A server answers so many, with so many errors beside; others answered so many for it. */
  public synchronized void answered(String server, int well, int failed, int missed) {
    var counts = servers.get(server).counts;
    counts[0] += well;
    counts[1] += failed;
    counts[3] += missed;
  }

  /** A server does not let so many connect. */
  public synchronized void unreachable(String server, int requests) {
    servers.get(server).counts[2] += requests;
  }

  /** What its health check says of a server. */
  public synchronized void state(String server, String state) {
    servers.get(server).state = state;
  }

  /** It takes no orders any more, and says so. */
  public synchronized void refuse(String text) {
    refusal = text;
  }

  /** Another server of the backend. */
  public synchronized void add(String server, int weight, String state) {
    servers.put(server, new Server(weight, state));
  }

  /** One server counts from zero again, as after {@code clear counters}. */
  public synchronized void cleared(String server) {
    Arrays.fill(servers.get(server).counts, 0);
  }

  /** Its backend knows no answers. */
  public synchronized void tcp() {
    tcp = true;
  }

  /** It takes connections, and says nothing. */
  public synchronized void silent(boolean now) {
    silent = now;
  }

  /** What a server gets: its weight, or 0 in maintenance. */
  public synchronized int weight(String server) {
    var s = servers.get(server);
    return s.state.equals("MAINT") ? 0 : s.weight;
  }

  /** All orders that there were. */
  public synchronized List<String> orders() {
    return List.copyOf(orders);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    Files.deleteIfExists(socket);
  }
}
