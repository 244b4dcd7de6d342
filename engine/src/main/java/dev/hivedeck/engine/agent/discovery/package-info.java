/**
 * Finds what could work: command line agents on the PATH, with version and sign-in as far as these
 * show without asking anybody, and the definitions of agents in a repository. Parsers and
 * judgements are pure; {@code CliScan} and {@code RepositoryScan} look at the world for them.
 * Nothing here runs what it finds, but for {@code --version} of programs it knows, and nothing
 * reads a secret: that a file of credentials is there is all it wants to know.
 */
package dev.hivedeck.engine.agent.discovery;
