/** The command that lists who did what. */
package dev.hivedeck.app.cli.audit;
