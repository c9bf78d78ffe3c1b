// Package rules holds premortem's rules and the one call that runs them.
package rules

import (
	"embed"
	"io/fs"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// All returns every rule, in alphabetical order.
func All() []*lint.Rule {
	return []*lint.Rule{
		addCheckScansTable,
		addColumnNotNullWithoutDefault,
		addColumnRewritesTable,
		addExclusionBuildsIndex,
		addForeignKeyNotValidOnPartitionedTable,
		addForeignKeyScansTable,
		addPrimaryKeyBuildsIndex,
		addUniqueBuildsIndex,
		alterColumnTypeBreaksCachedPlans,
		alterColumnTypeLeavesSequenceInteger,
		alterColumnTypeLosesValues,
		alterColumnTypeRefusedByDependents,
		alterColumnTypeRewritesTable,
		alterColumnTypeScansTable,
		alterDomainScansTables,
		alterTableInSeveralStatements,
		attachPartitionScansTable,
		backfillInDDLTransaction,
		beginNeverCommitted,
		blocksForLong,
		castFailsOnStoredText,
		changeBreaksQuery,
		charTypePadsValues,
		checkNotImmutable,
		clusterRewritesTable,
		columnNamedTwice,
		commitEndsRunnerTransaction,
		concurrentlyInTransaction,
		concurrentlyRefused,
		constraintNeverValidated,
		createIndexConcurrentlyWithoutName,
		createIndexIfNotExistsBuildsNothing,
		createIndexIfNotExistsHidesInvalidIndex,
		createIndexNotConcurrently,
		createIndexNotImmutable,
		createIndexRedundant,
		createOrReplaceChangesSignature,
		createPartitionLocksParent,
		createTableWithoutPrimaryKey,
		createUniqueIndexFailsOnDuplicates,
		deleteWithoutWhere,
		detachPartitionNotConcurrently,
		directiveWithoutEffect,
		disableRowLevelSecurityExposesRows,
		disableTriggerSkipsChecks,
		downDestroysMoreThanUpCreated,
		downDoesNotRestoreSchema,
		dropCascadeRemovesDependents,
		dropColumnDestroysData,
		dropConstraintRemovesGuarantee,
		dropDatabaseDestroysData,
		dropDefaultBreaksRunningRelease,
		dropIndexBeforeReplacement,
		dropIndexNotConcurrently,
		dropIndexStillNeeded,
		dropLocksReferencedTable,
		dropNotNullLetsInNulls,
		dropObjectBreaksRunningRelease,
		dropOwnedDestroysData,
		dropPartitionLocksParent,
		dropRefusedByDependents,
		dropSchemaDestroysData,
		dropTableDestroysData,
		enableRowLevelSecurityWithoutPolicy,
		enumValueUsedInItsTransaction,
		foreignKeyLocksReferencedTable,
		foreignKeyTypeDiffers,
		foreignKeyWithoutIndex,
		functionBodyStale,
		identifierTooLong,
		insertLeavesSequenceBehind,
		insertWithoutColumnList,
		integerPrimaryKeyOverflows,
		jsonTypeHasNoEquality,
		lockTableBlocksTraffic,
		lockTableOutsideTransaction,
		lockTimeoutIneffective,
		lockTimeoutMissing,
		migrationEdited,
		migrationOutOfOrder,
		moneyTypeDependsOnLocale,
		nontransactionalMigrationHasSeveralChanges,
		publicationWithoutReplicaIdentity,
		refreshMaterializedViewNotConcurrently,
		refreshWithNoDataEmptiesView,
		reindexNotConcurrently,
		releaseLocksTableRepeatedly,
		renameColumnBreaksRunningRelease,
		renameObjectBreaksRunningRelease,
		renameTableBreaksRunningRelease,
		repeatedMigrationFails,
		runnerRefusesMigration,
		securityDefinerWithoutSearchPath,
		serialTypeIsNoIdentity,
		setAutovacuumOffBloatsTable,
		setLoggedRewritesTable,
		setNotNullBreaksRunningRelease,
		setNotNullScansTable,
		setOutlivesMigration,
		setUnloggedLosesDataOnCrash,
		statementCannotRunInTransaction,
		statementUnderAccessExclusive,
		suppressionExpired,
		suppressionInvalid,
		suppressionUnused,
		syntaxNewerThanServer,
		timeoutTooShortForConcurrently,
		timestampTypeWithoutTimeZone,
		transactionCommandMisplaced,
		transactionLocksSeveralTables,
		truncateCascadeEmptiesOtherTables,
		truncateDestroysData,
		truncateReferencedTable,
		uniqueKeyRefusedOnPartitionedTable,
		updateWithoutWhere,
		vacuumFullRewritesTable,
		validateConstraintInSameTransaction,
		varcharTypeLimitsLength,
	}
}

// Config says which migrations to read and how to judge them. The zero value
// lints every migration below the root of the file system.
type Config struct {
	Migrations migration.Options
	// Lint.Rules defaults to All, Lint.Hint to Hint, and Lint.Elsewhere to
	// StandingFor; Migrations.RunnerFor to Lint.Overrides, and Migrations.Schemas to
	// the names of Lint's schemas.
	Lint lint.Config
}

// Lint finds migrations in a file system, replays and judges them. It fails
// when there is nothing to judge or the configuration cannot be meant;
// findings are no error. Text that could not be analysed is in Result.Gaps.
func Lint(fsys fs.FS, config Config) (*lint.Result, error) {
	if config.Lint.Rules == nil {
		config.Lint.Rules = All()
	}
	if config.Lint.Hint == nil {
		config.Lint.Hint = Hint
	}
	if config.Lint.Elsewhere == nil {
		config.Lint.Elsewhere = StandingFor
	}
	if config.Migrations.Schemas == nil {
		for _, f := range config.Lint.Schemas() {
			config.Migrations.Schemas = append(config.Migrations.Schemas, f.Name)
		}
	}
	if config.Migrations.RunnerFor == nil {
		config.Migrations.RunnerFor = config.Lint.RunnerFor
	}
	histories, err := migration.Load(fsys, config.Migrations)
	if err != nil {
		return nil, err
	}
	return lint.Run(histories, config.Lint)
}

//go:embed *.md
var pages embed.FS

// page returns a rule's page. A rule without one is a mistake that no build
// of premortem survives.
func page(name string) string {
	text, err := pages.ReadFile(name + ".md")
	if err != nil {
		panic(err)
	}
	return string(text)
}
