/**
 * Service level objectives at the command line: how they stand, their past, their alerts, what
 * follows from them, and the formats of others.
 */
package dev.hivedeck.app.cli.slo;
