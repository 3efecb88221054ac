### 报告的简体中文用语，语法为 Fluent（https://projectfluent.org）。
###
### 编号与 en.ftl 相同；`{ $name }` 由模板填入，可调整位置，不可遗漏。

## 分类

any-total = 合计
any-not_known = 未知
tier-platinum = 铂金级
tier-gold = 黄金级
tier-iron = 钢铁级
tier-lead = 铅级客户
tier_name-platinum = 铂金级
tier_name-gold = 黄金级
tier_name-iron = 钢铁级
tier_name-lead = 铅级
tier-none = 统计期内无订单
tier-total = 合计
rfm_segment-champions = 冠军客户
rfm_segment-loyal = RFM：忠诚客户
rfm_segment-potential_loyalist = 潜在忠诚客户
rfm_segment-new_customers = RFM：新客户
rfm_segment-promising = 有潜力客户
rfm_segment-need_attention = 需关注客户
rfm_segment-about_to_sleep = 即将沉睡客户
rfm_segment-at_risk = RFM：流失风险客户
rfm_segment-cannot_lose_them = 不可流失客户
rfm_segment-hibernating = 沉睡客户
rfm_segment-lost = RFM：已流失客户
rfm_segment-total = 合计
abc_class-a = A
abc_class-b = B
abc_class-c = C
abc_class-d = D
abc_class-total = 合计
lifecycle-prospect = 潜在客户
lifecycle-new = 新客户
lifecycle-active = 活跃客户
lifecycle-at_risk = 逾期未购
lifecycle-lapsed = 已流失
lifecycle-reactivated = 回流客户
lifecycle-total = 合计
phase-acquisition = 获客期
phase-development = 成长期
phase-retention = 挽留期
phase-departure = 流失期
frequency-one_time = 仅下过一单
frequency-low = 低频
frequency-high = 高频
frequency-total = 合计
value-high = 高
value-middle = 中
value-low = 低
value-total = 合计
loyalty-loyal = 忠诚
loyalty-ordinary = 一般
loyalty-occasional = 偶尔
loyalty-total = 合计
phase-total = 合计
customer_kind-retail = 零售客户
customer_kind-merchant = 商户
customer_kind-channel = 渠道客户
customer_kind-not_known = 未知
customer_kind-total = 合计
customer_kind-internal = 内部客户，不计入合计
region_class-local = 本地
region_class-domestic = 国内
region_class-overseas = 海外
region_class-not_known = 未知
region_class-total = 合计
industry-manufacturing = 制造业
industry-retail = 零售业
industry-services = 服务业
industry-other = 其他
industry-not_known = 未知
industry-total = 合计
need_class-price_sensitive = 价格敏感型
need_class-service_led = 服务导向型
need_class-product_led = 产品导向型
need_class-mixed = 混合型
need_class-not_known = 未知
need_class-total = 合计
temperament-impulsive = 冲动型
temperament-rational = 理性型
temperament-emotional = 情感型
temperament-unclear = 不明显
temperament-not_known = 未知
temperament-total = 合计
customer_type-angry = 不满客户
customer_type-new_buyer = 新购客户
customer_type-discount_chaser = 折扣追逐者
customer_type-impulsive = 冲动型客户
customer_type-researcher = 反复比较型客户
customer_type-sceptic = 疑虑型客户
customer_type-loyal = 忠诚型买家
customer_type-regular = 普通客户
customer_type-not_known = 未知
customer_type-total = 合计
customer_type-prospect = 潜在客户，不计入合计
of_type-angry = 不满客户
of_type-new_buyer = 新购客户
of_type-discount_chaser = 折扣追逐者
of_type-impulsive = 冲动型客户
of_type-researcher = 反复比较型客户
of_type-sceptic = 疑虑型客户
of_type-loyal = 忠诚型买家
of_type-regular = 普通客户
quality_customer-yes = 是
quality_customer-no = 否
quality_customer-not_known = 未知
quality_customer-total = 合计
place-not_known = 未知
place-total = 合计
places-comma = ，

## 某一分类所需的数据

gap-kind = 客户类别（数据源 customers）
gap-country = 国家（数据源 customers 或 order_lines）
gap-region = 地区（数据源 customers 或 order_lines），因此无法判定本地客户
gap-home_country = 所在国（project.home）
gap-home_region = 所在地区（project.home），因此无法判定本地客户
gap-industry = 行业（数据源 customers）
gap-discount = 折扣（数据源 order_lines 的目录价、净价、折扣中的两项）
gap-quantity = 数量（数据源 order_lines）
gap-category = 品类（数据源 order_lines）
gap-service_cases = 数据源 service_cases
gap-complaints = 投诉或满意度（数据源 service_cases）
gap-visits = 数据源 visits
gap-payments = 付款日期（数据源 payments）

levels_apart-0 = 一致
levels_apart-1 = 有差异
levels_apart-2 = 相互矛盾
owner-not_assigned = 无客户经理
owner-total = 合计
referral-not_referred = 非转介绍
referral-total = 合计

## 行动

action_reason-lapsed = 已流失
action_reason-late = 逾期未购
action_reason-loses_money = 处于铅级
action_reason-fell = 降级
action_reason-new = 新客户
action_reason-returned = 回流客户
action_reason-rose = 升级
action_reason-steady = 正常购买
action-apologise_and_solve = 致歉并解决问题
action-call_now = 立即致电，了解原因
action-visit_and_win_back = 上门拜访，争取回流
action-welcome_call = 电话欢迎
action-ask_why_they_returned = 询问回流原因
action-exclusive_offer = 专属优惠
action-win_back_offer = 回流优惠
action-second_order_offer = 二次购买优惠
action-cross_sell = 推荐更多产品
action-reminder_mail = 邮件提醒
action-win_back_mail = 回流邮件
action-second_order_mail = 二次购买邮件
action-self_service = 引导自助服务
action-watch_second_order = 等待第二笔订单
action-release = 不再跟进
action-reprice_or_minimum_order = 调整价格或设最低起订额
responsible-account_owner = 客户经理
responsible-sales_lead = 销售负责人
responsible-sales = 销售部
responsible-marketing = 市场部
responsible-service = 客服部
responsible-pricing = 定价负责人

## 客户去向与利润变动

move_state-reactivated = 重新下单
move_state-new = 首次下单
move_state-not_in_window = 无订单
move_state-platinum = 铂金级
move_state-gold = 黄金级
move_state-iron = 钢铁级
move_state-lead = 铅级客户
move_state-total = 合计
bridge_step-new = 首次下单
bridge_step-reactivated = 重新下单
bridge_step-moved_up = 升级
bridge_step-stayed = 层级未变
bridge_step-moved_down = 降级
bridge_step-gone = 无订单

## 同期群名称

cohort-month = { $year }年{ $n }月
cohort-month_of_one_digit = { $year }年{ $n }月
cohort-quarter = { $year }年第{ $n }季度
cohort-first_half = { $year }年上半年
cohort-second_half = { $year }年下半年

## 指标

measure-net_revenue = 净收入
measure-profit = 客户利润
measure-profit_if_assumed = 按假设毛利率的利润
measure-profit_rate = 利润率
measure-customers = 下单客户
measure-profit_at_risk = 面临流失的利润
measure-contribution_margin = 边际贡献
measure-gross_revenue = 目录价收入
measure-discount_amount = 折扣
measure-cost_of_goods = 商品成本
measure-cost_to_serve = 服务成本
measure-orders = 订单
measure-unprofitable_customers = 无利润客户
measure-loss_amount = 其亏损
concentration-revenue_gini = 收入基尼系数
concentration-peak_profit_share = 鲸鱼曲线峰值占总利润之比

## 步骤与作业

step-list_price = 目录价
step-discount = 折扣
step-cost_of_goods = 商品成本
step-cost_to_serve = 服务成本
step-profit = 利润
activity-per_order = 订单
activity-per_line = 订单行
activity-per_unit = 件数
activity-per_return = 退货行
activity-per_case = 服务工单
activity-recorded_cases = 有成本记录的服务工单
activity-all_rates = 全部费率
activity-per_minute = 处理分钟
activity-payment_fee_rate = 支付手续费（占收入）
activity-freight_rate = 运费（占运费金额）
activity-per_customer = 下单客户
activity-total = 合计

## 层级的稳固程度

boundary-platinum_gold = 铂金级与黄金级
boundary-gold_iron = 黄金级与钢铁级
boundary-iron_lead = 钢铁级与铅级

## 服务，以及金字塔是否成立

channel-not_known = 未知
channel-others = 其他渠道
channel-total = 合计
condition-profile = 客户特征
condition-service = 服务
condition-drivers = 下单动因
condition-service_effect = 服务对利润的影响
condition_measure-orders = 每客户订单数
condition_measure-net_revenue_per_order = 每单净收入
condition_measure-discount_rate = 折扣，占目录价 %
condition_measure-cases_per_order = 每单服务工单数
condition_measure-with_complaint = 有投诉的客户，%
condition_measure-minutes_per_case = 每工单处理分钟
condition_measure-satisfaction = 满意度（5 分制）
condition_measure-ordered_again_after_discount = 再次下单者 %，有折扣减无折扣
condition_measure-net_revenue_per_order_after_discount = 每单净收入，有折扣减无折扣
condition_measure-profit_change_after_complaint = 利润变化，有投诉减无投诉
condition_measure-ordered_again_after_complaint = 再次下单者 %，有投诉减无投诉
verdict-holds = 成立
verdict-does_not = 不成立
verdict-too_few = 样本不足，无法判断
verdict-not_known = 未知
people = { $n } 人
cases = { $n } 个服务工单

## 展望

model-bg_nbd = BG/NBD
model-mbg_nbd = MBG/NBD
model-gamma_gamma = Gamma-Gamma（消费额）
method-model = MBG/NBD 模型
method-last_year_rate = 沿用去年频率
method-recency_rule = 沿用去年频率，久未下单者计零
moment-now = 未来
moment-backtest = 近几周的检验
class-cohort = 首单年份
class-lifecycle_stage = 生命周期阶段
class-rfm_segment = 分群
class-value_class = 价值得分
no_fit-too_few_customers = 客户太少，无法建模
no_fit-history_too_short = 历史太短，无法建模
no_fit-no_repeat_buyers = 没有客户购买过两次
no_fit-too_few_spenders = 复购客户太少，无法估计消费额
no_fit-not_converged = 模型未找到最优拟合

## 输入行

outcome-used_in_window = 已使用，统计期内
outcome-used_before_window = 已使用，统计期之前
outcome-filtered = 按配置的筛选条件排除
outcome-out_of_scope = 不在范围内，截止日当天或之后
outcome-rejected = 已剔除
outcome-read = 已读取
reason-customer_missing = 缺少客户
reason-order_missing = 缺少订单号
reason-date_missing = 缺少日期
reason-date_before_earliest = 日期早于允许的最早日期
reason-date_in_the_future = 日期在未来
reason-amount_missing = 缺少金额
reason-amounts_disagree = 金额不一致
reason-return_amount_positive = 退货行的金额为正（policy.return_sign）
reason-cost_missing = 缺少成本
reason-order_of_two_customers = 一笔订单对应两个客户
reason-duplicate_exact = 完全重复
reason-line_conflict = 同一行号有两个不同的行
reason-replaced_by_later_file = 被后来的文件取代
reason-amount_not_finite = 金额不是数字
reason-amount_out_of_range = 金额超出合理范围
reason-customer_conflict = 同一客户有两行不同的资料
reason-signed_up_at_not_a_date = 注册日期无效
reason-case_missing = 缺少工单号
reason-case_conflict = 同一工单有两行不同的资料
reason-answered_before_opened = 首次答复早于建单
reason-resolved_before_opened = 解决时间早于建单
reason-first_answer_at_not_a_date = 首次答复时间无效
reason-resolved_at_not_a_date = 解决时间无效
reason-cost_negative = 成本为负
reason-cost_not_finite = 成本不是数字
reason-cost_out_of_range = 成本超出合理范围
reason-minutes_negative = 分钟数为负
reason-minutes_not_finite = 分钟数不是数字
reason-minutes_out_of_range = 分钟数超出合理范围
reason-satisfaction_out_of_range = 满意度不在 1 至 5 之间
reason-satisfaction_not_finite = 满意度不是数字
reason-payment_missing = 缺少付款编号
reason-payment_conflict = 同一付款有两行不同的资料
reason-due_date_not_a_date = 到期日无效
reason-paid_date_not_a_date = 付款日期无效
reason-visit_missing = 缺少访问编号
reason-currency_missing = 缺少币种
reason-rate_missing = 缺少当日汇率
reason-rate_not_positive = 汇率不大于零
reason-rate_conflict = 同一日有两个不同的汇率
reason-rate_out_of_range = 汇率超出合理范围
reason-rate_date_not_a_date = 汇率日期不是日期
reason-visit_conflict = 同一访问有两行不同的资料

## 数据源

source-order_lines = 订单行
source-customers = 客户
source-service_cases = 服务工单
source-payments = 付款
source-visits = 访问
source-exchange_rates = 汇率

## 货币

currency-USD = 美元
currency-EUR = 欧元
currency-GBP = 英镑
currency-CNY = 元
currency-JPY = 日元
currency-CHF = 瑞士法郎
sign-USD = 美元
sign-EUR = 欧元
sign-GBP = 英镑
sign-CNY = 元
sign-JPY = 日元

## 图表单位

unit-thousands = 单位：千{ $currency }
unit-millions = 单位：百万{ $currency }
unit-units = 单位：{ $currency }
unit-scaled = 单位：{ $word }{ $currency }

## 数量

customers = { $n } 位客户
orders = { $n } 笔订单
order_lines = { $n } 个订单行
others = 其他 { $n } 位
days = { $n } 天
months = { $n } 个月
quarters = { $n } 个季度

## 邮件

mail-subject = { $project }：客户利润报告（截至 { $as_of }）

## 图表上的文字

archive-spark = { $measure }：{ $n } 个已发布的值，从 { $first } 到 { $last }
tile-spark = { $measure }：{ $n } 个周值，从 { $first } 到 { $last }
pairs-customer_share = 客户占比
pairs-profit_share = 利润占比
pairs-profit_money = 利润
pairs-customers = 客户
pairs-profit = 利润
pairs-row = { $label }：占客户 { $customers }，占利润 { $profit }。
pairs-row_loss = { $label }：占客户 { $customers }，侵蚀利润 { $amount }。
pairs-row_money = { $label }：占客户 { $customers }，利润 { $profit }。
pairs-gives_back = 侵蚀 { $amount }
class_chart-title = 客户与利润，按{ $class }
pyramid-title = 客户与利润，按层级
pyramid-title_if_assumed = 客户与按假设毛利率的利润，按层级
types-title = 客户与利润，按客户类型
lifecycle-title = 客户与利润，按生命周期阶段
whale-title = 客户利润鲸鱼曲线
whale-description = 累计利润在前 { $profitable } 位客户（共 { $customers } 位）处达到 { $peak }。{ $unprofitable } 位亏损客户使其变动 { $erosion }，最终剩下 { $total }。
whale-peak = 峰值：{ $amount }
whale-peak_after = 前 { $customers }
whale-eroded_by = 被 { $customers }侵蚀
whale-stays = 剩余 { $amount }
whale-lost = 合计 { $amount }
waterfall-title = 从目录价到利润，按层级
waterfall-kept = 目录价的 { $share }
moves-title = 客户层级：一年前与当前
moves-then = 一年前
moves-now = 当前
moves-part = { $label } { $customers }
moves-row = { $label } { $customers } 位：{ $parts }。
bridge-title = 从一年前的利润到当前利润
bridge-then = 一年前
bridge-now = 当前
bridge-row = { $label }：{ $amount }。
lorenz-title = 净收入洛伦兹曲线
lorenz-description = 客户按净收入由小到大排列，对应其累计收入占比。基尼系数 { $gini }；收入最高的 { $top_share } 客户贡献收入的 { $top }。
lorenz-customers = 客户，按收入由小到大
lorenz-equal_1 = 若所有客户
lorenz-equal_2 = 购买额相同
lorenz-gini = 基尼系数 { $gini }
lorenz-gini_1 = 0：人人相同，
lorenz-gini_2 = 1：一人买下全部
calibration-title = 每客户的预期购买与实际购买，按预期十分位
calibration-decile = 第 { $n } 十分位
calibration-row = { $label }：预期 { $expected }，实际 { $actual }。
calibration-expected = 预期
calibration-actual = 实际

## 报告与附录

now-name = 现在该做什么
now-caption = 决策，按利润影响
now-finding = 利润影响最大：{ $action }，{ $amount }
now-note = 若购买量不变，每项决策可改变的利润。
now-note_lines = 各行不可相加。
now-line = { $customers }，利润影响 { $amount }。{ $responsible }，{ $due_date }前。
now-line_of_costs = 在此之前，本报告的利润均基于 { $margin } 的假设毛利率。
head-profit_impact = 利润影响
now-more = 需行动的客户
decision-silent_best = 联系逾期未购或已流失的铂金级与黄金级客户
decision-lead_break_even = 使铅级中的亏损客户达到盈亏平衡：重新定价或设最低订单额
decision-discount_above_median = 将折扣降至各层级的中位折扣率
decision-late_others = 联系黄金级以下逾期未购或已流失的盈利客户
decision-cost_outliers = 降低服务成本远超同层级的客户的成本
decision-costs = 随订单行提供成本
decision_goal-silent_best = 留住逾期未购或已流失的铂金级与黄金级客户
decision_goal-lead_break_even = 使亏损客户达到盈亏平衡
decision_goal-discount_above_median = 将折扣降至各层级的中位折扣率
decision_goal-late_others = 留住黄金级以下逾期未购或已流失的盈利客户
decision_goal-cost_outliers = 以同层级的成本服务成本最高的客户
responsible-finance = 财务部
pyramid-more = 订单、价格与鲸鱼曲线
waterfall-question = 钱去了哪里
waterfall-costs = 折扣与服务成本，按层级
waterfall-more = 全部步骤
moves-both_ways = { $moved_up } 位客户升级，{ $moved_down } 位降级。
moves-more = 迁移与利润变动的各步骤
ahead-name = 谁在流失，未来预期如何
ahead-name_leaving = 谁在流失
ahead-caption = 面临流失的利润与未来，按层级
ahead-more_leaving = 逾期未购或已流失的客户
ahead-more_outlook = 展望如何得出
trust-name = 是否可信
trust-more_quality = 数据质量
trust-more_evidence = 合计与服务成本
trust-more_missing = 未计算的内容
trust-more_method = 方法
appendix-name = 客户利润报告附录
appendix-title = 附录，{ $project }，截至 { $as_of }
appendix-of = 简版见{ $link_report }。
missing-nothing = 无：数据满足每一节的需要。
missing-name = 未计算的内容及所需数据
missing-nobody = 层级、曲线与类别需要统计期内有订单的客户。

## 报告页

report-skip_report = 跳到报告正文
report-name = 客户利润报告
report-period = { $window_start }至{ $last_day }，共 { $window_days } 天。金额单位：{ $currency_name }，已扣除折扣与退货。每日以 { $timezone } 零点起算。
report-draft = 草稿。未发布，请勿外传。
report-colophon = { $project }。客户利润报告，截至 { $as_of }。运行编号 { $short_id }，由 { $maker } 生成。仅供内部使用。

## 汇总版

aggregate-tiers_title = 客户与利润，按层级
aggregate-value_scores_title = 客户，按层级与价值得分
aggregate-lifecycle_retention = 生命周期与留存
aggregate-lifecycle_note = 自身节奏：客户在 { $rhythm_percentile } 的情况下能保持的下单间隔。逾期未购：沉默超过其 { $at_risk_late_ratio } 倍；已流失：超过其 { $lapsed_late_ratio } 倍，或超过 { $lapsed_days } 天。订单太少而没有自身节奏者取其层级的节奏；完全没有节奏可比时，沉默超过 { $silent_days } 天为逾期未购。新客户：最近 { $new_customer_days } 天内首次下单。
aggregate-stages_title = 客户与利润，按阶段
unit-known_customers = 全部已知客户；金额单位：{ $currency_name }
unit-customers_and_profit = 统计期内有订单的客户，下方为利润，单位：{ $currency_name }
aggregate-label_churn = 一年前客户中此后流失者
aggregate-groups = 客户构成
aggregate-groups_note = 各表合计均为同一批客户。地点取自客户资料，否则取自最近订单。
aggregate-net_revenue = 按净收入
aggregate-rfm_title = 按近度、频度与收入
unit-largest_shown = 净收入最高者，不含被隐去者；金额单位：{ $currency_name }
aggregate-service_note = 统计期内建立的工单及其成本。
aggregate-time_ahead = 未来
aggregate-time_ahead_note = 若客户行为如常，各层级客户在未来 { $months }内预计带来的价值。
aggregate-outlook_title = 未来，按层级
aggregate-note_of_full = 凡指明客户或只取决于少数客户的内容，仅见于完整版：行动、逾期未购与已流失客户的名单、客户经理、转介绍、层级变动、利润变动、同期群、鲸鱼曲线、集中度、客户类型、本土市场、各层级折扣、近度与频度表、层级分界、投诉的影响、按作业的服务成本，以及运行的复核。本版数字可与先前版本的数字对照，请将两者同等保密。
aggregate-colophon = { $project }。客户利润报告，截至 { $as_of }，不含单个客户。运行编号 { $short_id }，由 { $maker } 生成。仅供内部使用。

## ABC

abc-name = ABC 与 D 类
abc-finding_nobody = 没有客户贡献收入
abc-finding_losses_in_a = 收入最高的 { $customers } 位客户中，{ $unprofitable_customers } 位没有贡献利润
abc-finding_otherwise = { $customers } 位客户贡献收入的 { $revenue_share }，且全部贡献利润
abc-finding_without_share = 收入最高的 { $customers } 位客户全部贡献利润
abc-note = 按净收入由大到小分类，收入相同的客户归入同一类。D 类为没有净收入的客户，其中 { $customers_without_order } 位为已知客户，但统计期内没有订单。
abc-label_classes = 按净收入分类
unit-ahead = 风险仅计盈利客户；金额单位：{ $currency_name }
unit-money = 金额单位：{ $currency_name }
head-class = 类别
head-rule = 规则
head-customers = 客户数
head-share_customers_ever_ordered = 曾下单客户占比
head-share_known_customers = 占已知客户
head-net_revenue = 净收入
head-share_revenue = 收入占比
head-profit = 利润
head-profit_if_assumed = 利润（假设毛利率）
head-share_profit = 利润占比
head-profit_rate = 利润率
head-without_profit = 无利润
abc-first_revenue = 收入的前 { $abc_a_share }
abc-up = 至 { $abc_b_share }
abc-rest = 其余
abc-no_net_revenue = 无净收入

## 行动

actions-name = 行动
actions-finding_none = 没有客户需要采取行动
actions-finding_urgent = 铅级以上有 { $urgent_customers } 位客户逾期未购或已流失
actions-urgent_amount = ，涉及金额 { $urgent_amount }
actions-lead_loses = ；铅级客户亏损 { $stake_amount }
actions-finding_loss = 铅级以上无人逾期；铅级客户亏损 { $stake_amount }
actions-finding_otherwise = 铅级以上无人逾期，也无人亏损
actions-note = 由谁、做什么、何时完成，由本企业的规则表规定：{ $queries }。涉及金额：铅级客户为可止住的亏损；其他为可能已离开的客户所对应的预期利润；没有展望时，为逾期或已流失客户在统计期内的利润。
actions-label_tiers = 需行动的客户，按层级
actions-cases_tier = 个案，按层级
head-tier = 层级
head-customers_action = 需行动的客户
head-money_stake = 涉及金额
head-late_lapsed = 逾期或已流失
head-late_lapsed_profitable = 逾期或已流失的盈利客户
head-late_profitable = 逾期未购（盈利）
head-lapsed_profitable = 已流失（盈利）
head-their_money_stake = 其涉及金额
actions-most_valuable_cases = ：金额最大的个案
unit-most_money = 最多 { $list_rows_shown } 个；金额单位：{ $currency_name }
head-customer = 客户
head-why = 原因
head-what = 行动
head-who = 负责人
head-by = 期限
head-stake = 涉及金额
actions-where_all = 每位客户的原因、涉及金额与下一步行动见 { $tables }。

## 摘要

brief-name = 摘要
brief-no_material_change = 无重大变化。
brief-nothing_reaches = 无重大变化：均未达到 { $threshold_amount }，即净收入的 { $material_change_share }。

## 同期群

cohorts-name = 同期群留存
cohorts-note_none = 同期群按首单月份划分，而第一个月尚未结束。
cohorts-finding_untold = 没有足够早且足够大的同期群可供判断留存
cohorts-finding_month = { $told }首次下单的 { $told_customers }中，{ $told_retention } 在最近一个完整月份内再次下单
cohorts-finding_quarter = { $told }首次下单的 { $told_customers }中，{ $told_retention } 在最近一个完整季度内再次下单
cohorts-finding_half_year = { $told }首次下单的 { $told_customers }中，{ $told_retention } 在最近一个完整半年内再次下单
cohorts-note_month = 同期群按首单所在月份划分。少于 { $min_cell }的同期群不以百分比显示；尚未到来的月份留空，不写作零。
cohorts-note_quarter = 同期群按首单所在季度划分，因为更短的时段不足 { $min_cell }。少于 { $min_cell }的同期群不以百分比显示；尚未到来的季度留空，不写作零。
cohorts-note_half_year = 同期群按首单所在半年划分，因为更短的时段不足 { $min_cell }。少于 { $min_cell }的同期群不以百分比显示；尚未到来的半年留空，不写作零。
cohorts-newest_shown = 共 { $cohorts } 个同期群，此处列出最新的 { $cohorts_shown } 个。
cohorts-title = 再次下单的客户
unit-cohort_months = 占同期群的 %，按首单之后的月数
unit-cohort_quarters = 占同期群的 %，按首单之后的季度数
unit-cohort_half_years = 占同期群的 %，按首单之后的半年数
head-cohort = 同期群
head-cohort_size = 客户数
cohorts-revenue_retention = 一年前的 { $customers }，现购买额为当时的 { $net_revenue_retention }（净收入留存率）；若每位至多按当时购买额计，则为 { $gross_revenue_retention }（总收入留存率）。

## 集中度

concentration-name = 集中度
concentration-finding_too_few = 客户太少，无从谈集中度
concentration-finding_profit_and_revenue = { $profit_customers } 的客户贡献 { $concentration_share } 的利润，{ $revenue_customers } 的客户贡献 { $concentration_share } 的收入
concentration-finding_revenue = { $revenue_customers } 的客户贡献 { $concentration_share } 的收入
concentration-profit_makers = 贡献 { $concentration_share } 利润的客户占比
concentration-revenue_makers = 贡献 { $concentration_share } 收入的客户占比
concentration-top_profit = 利润最高的 { $top_share } 客户的利润占比
concentration-top_revenue = 收入最高的 { $top_share } 客户的收入占比
concentration-finding_otherwise = 没有收入，也就没有集中度
concentration-note = 曲线离直线越远，收入越依赖少数客户。利润中计入亏损客户，因此最好的客户所得可能超过总额。各项收入指标不计负的净收入。
concentration-chart_title = 净收入洛伦兹曲线
unit-lorenz_axes = 横轴为累计客户占比，纵轴为累计收入占比
concentration-measures_concentration = 集中度指标
head-measure = 指标
head-value = 数值

## 金字塔是否成立

conditions-name = 金字塔是否成立？
conditions-finding_all = 金字塔的 { $conditions } 个条件全部成立
conditions-finding_untold = 现有数据无法判断金字塔是否成立
conditions-finding_some = 金字塔的 { $conditions } 个条件中，{ $conditions_that_hold } 个成立
conditions-some_do_not = ，{ $conditions_that_do_not } 个不成立
conditions-some_too_few = ，{ $conditions_with_too_few } 个因客户太少无法判断
conditions-some_not_known = ，{ $conditions_not_known } 个未知
conditions-note = 只有当客户的差异不止于利润时，分层管理才有意义。若效应的区间不含 0、效应至少为 { $pyramid_min_effect } 个标准差，且每组至少 { $pyramid_min_customers }，则条件成立；若区间排除了所有此等大小的效应，则不成立；介于两者之间，则客户太少，无法判断。效应：铂金级与黄金级减去钢铁级与铅级。此处不解释原因。
conditions-four_conditions = 四个条件
conditions-other_measures = 其他指标
unit-other_conditions = 不参与判定
conditions-note_not_known = “未知”指需要折扣、服务工单或其中某一列，而本报告没有。
conditions-note_third = 第三个条件比较一年前以 { $price_sensitive_discount_rate } 或更高折扣购买的客户与其他客户；第四个条件比较此前 { $complaint_days } 天内有过投诉的客户与其他客户。此时效应是这一差异在铂金级与黄金级中高出多少。占比的区间中点与效应略有偏离。

## 折扣

discounts-name = 折扣
discounts-finding_nobody = 没有销售
discounts-finding_none = 没有订单行记录折扣
discounts-finding_unknown = 折扣未知：订单行只有一种价格
discounts-finding_champions = { $champions } 位冠军客户中，{ $discount_made_champions } 位由折扣造就：仅按全价计算便不会是冠军客户
discounts-finding_rate = 折扣占去目录价毛利的 { $margin_given_away_rate }：{ $discount_amount }
discounts-finding_otherwise = 折扣占去 { $discount_amount }
discounts-note = 折扣达到目录价的 { $price_sensitive_discount_rate } 即视为折扣销售；退货行不计。价格敏感：至少 { $price_sensitive_unit_share } 的件数以折扣购入。若仅按全价收入计算会归入其他分群，则该冠军客户由折扣造就。让出的毛利：全部折扣占折扣前边际贡献之比。
discounts-label_tiers = 折扣，按层级
discounts-categories_title = 各层级的折扣购买
head-units = 件数
head-at_a_discount = 折扣购入
head-share_units = 件数占比
head-revenue_discount = 折扣收入
head-discount = 折扣
head-margin_given_away = 让出的毛利
head-price_sensitive_customers = 价格敏感客户
head-share_customers = 客户占比
head-champions = 冠军客户
head-made_discount = 由折扣造就

## 证据

evidence-name = 核对与证据
evidence-note = 定义、每张表的 SQL 与全部哈希值见{ $link_method }。如需复核，请用 DuckDB 命令行执行运行文件夹中的 { $sql }：{ $duckdb }。
evidence-sums_title = 必须相符的合计
unit-window = 本次统计期；金额单位：{ $currency_name }
evidence-where_earlier = 较早统计期的同类合计见{ $link_method }。
evidence-cost_serve = 服务成本
unit-buying_customers = 单位：{ $currency_name }；仅含统计期内有订单的客户
head-activity = 作业
head-rate = 费率
head-volume = 数量
head-cost = 成本
evidence-recorded = 按记录
evidence-sql_title = 数字背后的 SQL
head-file = 文件
head-what_holds = 内容
head-rows = 行数
head-sha_256 = SHA-256
head-holds = 内容

## 层级的稳固程度

firmness-name = 层级有多稳固
firmness-finding_nobody = 没有客户，也就没有层级变动
firmness-finding_no_rates = 未配置服务成本费率，因此没有费率会改变层级
firmness-finding_steady = 任一服务成本费率上下浮动 { $rate_sensitivity }，都没有客户改变层级
firmness-finding_all_higher = 全部服务成本费率上调 { $rate_sensitivity } 时，{ $customers } 位客户中有 { $customers_moved } 位改变层级
firmness-finding_all_lower = 全部服务成本费率下调 { $rate_sensitivity } 时，{ $customers } 位客户中有 { $customers_moved } 位改变层级
firmness-finding_one_higher = { $activity }费率上调 { $rate_sensitivity } 时，{ $customers } 位客户中有 { $customers_moved } 位改变层级
firmness-finding_one_lower = { $activity }费率下调 { $rate_sensitivity } 时，{ $customers } 位客户中有 { $customers_moved } 位改变层级
firmness-note = 服务成本费率是估计值。每项费率上下浮动 { $rate_sensitivity }，并重新划分层级。服务工单的已记录成本不是费率，保持不变。距分界线 { $boundary_share } 以内为临界客户；铅级则以钢铁级宽度的同一比例计。
firmness-label_rates = 费率变动时的层级
unit-profit = 利润单位：{ $currency_name }
head-becomes = 变为
head-change_tier = 改变层级
head-up = 上升
head-down = 下降
head-profit_platinum = 利润：铂金级
head-gold = 黄金级
head-iron = 钢铁级
head-lead = 铅级客户
head-change = 变化
head-configured = 按配置
head-higher = { $activity }，上调
head-lower = { $activity }，下调
firmness-label_boundaries = 临界客户
head-between = 分界
head-cut_off = 分界值
head-near_within = 临界范围
head-customers_near = 临界客户
head-better_tier = 在较高层级
head-other = 在较低层级
head-their_profit = 其利润

## 频率、价值与忠诚度

habits-name = 频率、价值与忠诚度
habits-finding_few = 客户太少，无法比较购买习惯
habits-finding_nobody_often = 没有客户的下单频率高于典型的复购客户
habits-finding_often_profit = 高频客户占 { $customer_share }，贡献利润的 { $profit_share }
habits-finding_often_profit_amount = 高频客户占 { $customer_share }，贡献利润 { $profit }
habits-finding_often_revenue_amount = 高频客户占 { $customer_share }，贡献净收入 { $net_revenue }
habits-finding_otherwise = 高频客户占 { $customer_share }，贡献收入的 { $revenue_share }
habits-note = 高频：订单数不少于复购客户的中位数。价值：频率、收入与忠诚度得分的均值。忠诚度：有订单的季度、复购订单、全价占比与客龄。
habits-frequency = 按频率
head-orders = 订单
habits-value_score = 按价值得分
head-value_class = 价值
habits-loyalty = 按忠诚度
head-loyalty = 忠诚度
habits-label_matrix = 层级与价值得分
unit-number_and_profit = 客户数，下方为利润，单位：{ $currency_name }

## 客户种类

kinds-name = 客户种类
kinds-finding_few = 客户太少，无法比较种类
kinds-finding_unknown = 对客户了解太少，无法判定类型
kinds-finding_give_back = { $customer_type }占客户的 { $customer_share }，亏损 { $profit }
kinds-finding_share = { $customer_type }占客户的 { $customer_share }，贡献利润的 { $profit_share }
kinds-finding_profit = { $customer_type }占客户的 { $customer_share }，贡献利润 { $profit }
kinds-note = 每位客户只有一种类型，取以下顺序中第一个适用者：不满、新购、折扣追逐、冲动、反复比较、疑虑、忠诚、普通。类型、需求与性情均由客户在统计期内的行为判定。缺少的数据源所能说明的类型不适用于任何人；不符合其他类型者即为未知。无人所属的类型不列出。
kinds-chart_title = 客户占比与利润占比，按客户类型
unit-percent = 单位：%
kinds-chart_title_no_share = 客户占比与利润，按客户类型
kinds-customer_type = 按客户类型
head-type = 类型
kinds-prospects = 潜在客户为已知或来访、但从未下单者，列在合计之下。
kinds-gaps_of_type = 并非所有客户的类型都已知，因为缺少
kinds-label_matrix = 客户类型与层级
kinds-kind_customer = 按客户类别
head-kind = 类别
kinds-internal = 内部客户属于本企业：不计入任何层级、其他分类与合计。其边际贡献为 { $contribution_margin }；不承担服务成本。
kinds-gaps_of_kind = 客户类别未知，因为缺少
kinds-home_market = 按本土市场
head-market = 市场
kinds-gaps_of_home_market = 无法区分本土市场，因为缺少
kinds-countries = 按客户所在国家
head-country = 国家
unit-largest = 净收入最高者；金额单位：{ $currency_name }
kinds-regions = 按客户所在地区
head-region = 地区
kinds-line_countries = 按订单行的国家
kinds-line_regions = 按订单行的地区
head-order_lines = 订单行
head-margin_rate = 边际贡献率
kinds-industry = 按行业
head-industry = 行业
kinds-gaps_of_industry = 行业未知，因为缺少
kinds-need = 按需求
head-need = 需求
kinds-gaps_of_need = 并非所有客户的需求都已知，因为缺少
kinds-temperament_title = 按性情（由行为推断）
head-proxy = 推断
kinds-gaps_of_temperament = 并非所有客户的性情都可推断，因为缺少
kinds-quality = 按优质程度
head-quality = 优质
kinds-quality_note = 优质客户至少满足五项标志中的 { $quality_min_marks } 项：每笔按时付款、利润率高于中位数、每单服务工单少、下单规律、客单价高于中位数。
kinds-gaps_of_marks = “未知”者若有以下数据或可达到标志
kinds-lifecycle_title = 按生命周期时期，全部已知客户
head-phase = 时期

## 生命周期

lifecycle-name = 生命周期
lifecycle-finding_nobody = 没有已知客户
lifecycle-finding_at_risk = { $customers } 位客户超出惯常购买节奏仍未下单
lifecycle-with_profit = ，利润 { $profit }
lifecycle-and_lapsed = ；{ $customers } 位已流失
lifecycle-finding_lapsed = { $customers } 位客户已流失；其余无人逾期
lifecycle-finding_otherwise = 没有客户超出惯常购买节奏
lifecycle-note = 自身节奏：客户在 { $rhythm_percentile } 的情况下能保持的下单间隔。逾期未购：沉默超过其 { $at_risk_late_ratio } 倍；已流失：超过其 { $lapsed_late_ratio } 倍，或超过 { $lapsed_days } 天。订单太少而没有自身节奏者取其层级的节奏；完全没有节奏可比时，沉默超过 { $silent_days } 天为逾期未购。新客户：最近 { $new_customer_days } 天内首次下单。
lifecycle-chart_title = 已知客户占比与利润占比，按阶段
lifecycle-chart_title_no_share = 已知客户占比与利润，按阶段
lifecycle-label_stages = 生命周期阶段
head-stage = 阶段
lifecycle-label_matrix = 客户，按层级与阶段
unit-number_and_profit_of_buying = 客户数，下方为利润，单位：{ $currency_name }；仅含统计期内有订单的客户

## 客户变动

moves-name = 客户变动
moves-note_no_past = 一年前的统计期内没有客户下单，因此不存在此后的变动。
moves-finding_small = 一年前的 { $customers }中，{ $stayed } 位如今仍在同一层级
moves-finding_none_stayed = 去年的 { $told_customers } 位{ $told_tier }客户，如今无一仍为{ $told_tier }
moves-finding_otherwise = 去年的 { $told_customers } 位{ $told_tier }客户中，{ $told_stayed } 位如今仍为{ $told_tier }
moves-turned_unprofitable = { $turned_unprofitable } 位客户一年前高于铅级，如今已降入铅级。
moves-note = 重新下单：此前下过单，但不在较早的统计期内。首次下单：此前从未下单。两个年度均按今天的数据、规则与费率计算；{ $moved_by_cutoff }仅因分界值变动而改变层级。
unit-number_customers = 客户数
unit-number_strong_bands = 客户数；突出的色带为去年的{ $told_tier }客户
moves-tier_migration = 层级迁移
unit-number_then_now = 客户数；行为一年前，列为当前
head-from = 原层级
moves-profit_stands = 利润与一年前持平
moves-profit_rose = 利润增加 { $profit_change }
moves-profit_fell = 利润减少 { $profit_change }
moves-more_with = 最大增量 { $amount }（{ $who }）
moves-less_with = 最大减量 { $amount }（{ $who }）
moves-and = ；
moves-bridge = 从一年前的利润到当前利润，按客户去向
moves-profit_bridge = 利润变动
head-customers_since_year_ago = 客户数（较一年前）
head-customers_since = 客户数（较{ $day }）
bridge_step_of-new = { $customers } 位首次下单的客户
bridge_step_of-reactivated = { $customers } 位重新下单的客户
bridge_step_of-moved_up = { $customers } 位升级客户
bridge_step_of-moved_down = { $customers } 位降级客户
bridge_step_of-gone = { $customers } 位当前统计期内没有订单的客户
bridge_step_of-stayed = { $customers } 位层级未变的客户

## 展望

outlook-name = 未来价值
outlook-finding_mbg_nbd = 无展望：{ $reason }
outlook-finding_profit = { $horizon }，现有客户预计购买 { $expected_orders } 次，贡献利润 { $expected_profit }
outlook-finding_profit_if_assumed = { $horizon }，现有客户预计购买 { $expected_orders } 次，按假设毛利率贡献利润 { $expected_profit }
outlook-finding_range = （{ $expected_profit_low }至 { $expected_profit_high }）
outlook-finding_loss = { $horizon }，现有客户预计购买 { $expected_orders } 次，亏损 { $expected_profit }
outlook-finding_loss_if_assumed = { $horizon }，现有客户预计购买 { $expected_orders } 次，按假设毛利率亏损 { $expected_profit }
outlook-finding_otherwise = { $horizon }，现有客户预计购买 { $expected_orders } 次
outlook-by_rule = 按“{ $method }”推算，检验中预计购买 { $expected_orders } 次，实际 { $actual_orders } 次。
outlook-note_not_converged = 在寻找最可能的参数时没有找到峰值；多数沉默客户日后仍会购买时会出现这种情形。
outlook-note_needs = 模型需要至少 { $model_min_customers }、{ $model_min_days }的历史，以及若干购买过两次的客户。
outlook-note_rule = 按简单规则估计，不含尚待争取的客户。购买模型未找到最佳拟合（多数沉默客户日后仍会购买时会出现这种情形），因此 P(alive)、生命周期价值与风险价值未知。每次购买预期带来与该客户在统计期内每次购买相同的收入，并按其层级的利润率计算利润。
outlook-note_by_rule = 上文按规则得出的数字不依赖于此。
outlook-note_estimate = 估计值，不含尚待争取的客户。P(alive)：客户仍会再次购买的概率。每位客户的预期利润按其所在层级的比率计算（已扣除退货）；统计期内没有订单，或其层级没有购买时，按全体客户的比率计算。生命周期价值：未来 { $clv_quarters }的边际贡献，按年 { $clv_discount_rate } 折现。风险价值：客户离开的代价，即客户已离开的概率乘以其仍为客户时的预期利润。
outlook-label_tiers = 展望，按层级
outlook-expected_tier = { $horizon }的预期，按层级
unit-range_of_best_method = 金额单位：{ $currency_name }；合计下方为其范围；购买次数与利润采用检验中最优的方法
unit-range_of_model = 金额单位：{ $currency_name }；合计下方为其范围；购买次数与利润采用检验中最优的方法，P(alive) 与生命周期价值出自模型
head-mean_p_alive = 平均 P(alive)
head-expected_purchases = 预期购买
head-expected_profit = 预期利润
head-lifetime_value = 生命周期价值
head-value_risk = 风险价值
outlook-note_range = 若客户行为如常，范围应在 { $interval_share } 的情形下包含该合计。它涵盖参数的不确定性，以及谁买、多久买一次、买多少的偶然性；不涵盖价格、产品或时势的变化，也不涵盖方法本身的缺陷。
outlook-note_range_of_test = 范围至少覆盖下方检验中的偏差：全部购买合计偏差 { $total_error_rate }。
outlook-note_nobody_leaves = 模型在这段历史中未发现客户彻底离开的迹象。P(alive) 在此无法区分客户，风险价值也没有意义；请以上文按规则得出的数字为准。
outlook-money_not_known = 未来金额未知：{ $reason }。
outlook-note_correlation = 消费额与频率的相关系数：{ $correlation }，基于 { $customers }（有复购）。
outlook-warning_correlation = 达到 { $spend_frequency_correlation } 起，高频客户的未来金额会被低估：模型假定二者相互独立。
outlook-note_independence = 模型假定二者相互独立；达到 { $spend_frequency_correlation } 起报告会发出警告。
outlook-cohorts_title = 按分类与首单年份
outlook-label_cohorts = 展望，按分类与同期群
outlook-cohorts_table = { $horizon }的预期，按分类与同期群
unit-money_range = 金额单位：{ $currency_name }；合计下方为其范围
outlook-untested_reason = 模型未在最近几周上检验：此前{ $reason }
outlook-untested = 模型未在最近几周上检验
outlook-test_model_best = 最近 { $weeks } 周，综合每客户偏差与合计偏差，模型优于两条简单规则：全部购买偏差 { $total_error_rate }，平均每客户偏差 { $mean_absolute_error } 次购买
outlook-test_rule_alone = 最近 { $weeks } 周，简单规则“{ $method }”偏差最小：全部购买偏差 { $total_error_rate }，平均每客户偏差 { $mean_absolute_error } 次购买。上方的预期购买采用该规则
outlook-test_rule_best = 最近 { $weeks } 周，综合每客户偏差与合计偏差，简单规则优于模型：“{ $method }”全部购买偏差 { $total_error_rate }，平均每客户偏差 { $mean_absolute_error } 次购买；模型分别为 { $model_total_error_rate } 和 { $model_mean_absolute_error } 次。上方的预期购买与利润采用该规则；P(alive) 与生命周期价值仍出自模型，风险价值由模型的 P(alive) 与规则的利润得出
outlook-test_title = 对最近 { $weeks } 周的预测，依据 { $first_day } 之前已知的情况
unit-purchases = { $customers }的购买次数
unit-purchases_of_all = { $customers }（全体客户，不限于本版所示）的购买次数
outlook-test_of_all = 检验针对全体客户，不限于本版所示
unit-deciles = 每客户，检验各周；第 1 十分位为预期最多者
head-method = 方法
head-expected = 预期
head-made = 实际
head-off_total = 合计偏差
head-mean_absolute_error_per_customer = 每客户平均绝对误差
head-root_mean_square_error = 均方根误差
head-mean_absolute_error = 平均绝对误差
outlook-calibration_title = 模型预期的购买与实际购买
outlook-label_test = 模型检验，按层级
outlook-test_by_tier_title = 同一时期，按层级
unit-purchases_of_year_ago = 一年前的层级；购买次数
head-tier_then = 当时层级
head-bought_all = 有购买者
head-model = 模型
head-last_years_rate = 沿用去年频率
head-nothing_silent = 久未下单者计零
outlook-fits_parameters = 拟合与参数
outlook-label_parameters = 模型参数
outlook-parameters = 参数
unit-fits = 最大似然估计，附标准误
head-parameter = 参数
head-standard_error = 标准误
outlook-label_fits = 模型拟合
outlook-fits = 拟合
unit-moment_of_fit = 依据截至所示最后一日的数据
head-last_day = 最后一日
head-iterations = 迭代次数
head-log_likelihood = 对数似然
head-outcome = 结果
outlook-converged = 已收敛
outlook-no_fit = 未拟合：{ $reason }

## 客户经理与转介绍

owners-name = 客户经理与转介绍
owners-finding_not_known = 客户经理未知：没有数据源提供
owners-finding_nobody = 没有客户配有客户经理
owners-finding_both = { $owner } 负责 { $customers }，占收入的 { $revenue_share }、利润的 { $profit_share }
owners-finding_revenue = { $owner } 负责 { $customers }，占收入的 { $revenue_share }
owners-finding_profit = { $owner } 负责 { $customers }，占利润的 { $profit_share }
owners-finding_spread = 没有客户经理所占的收入或利润超过 { $owner_dependency_share }
owners-note_not_known = 请配置数据源 customers 并映射其列 owner。
owners-note_share = 占比是指：若某位客户经理离开且其客户全部随之离开，将会失去的部分。收入或利润占比超过 { $owner_dependency_share } 的客户经理会被标出。
owners-referrals_not_known = 转介绍未知：没有数据源含列 referred_by。
owners-referrals_credited = 每位被介绍的客户只记一次，归于直接介绍人。
owners-label_owners = 客户经理
unit-by_profit = 按利润由高到低；金额单位：{ $currency_name }
head-owner = 客户经理
head-dependency = 依赖
owners-above = 超过 { $owner_dependency_share }
owners-no_referrals = 统计期内没有客户由他人介绍。
owners-label_referrals = 转介绍
unit-by_profit_of_referred = 按被介绍客户的利润由高到低；金额单位：{ $currency_name }
head-referred = 介绍人
head-tier_referrer = 介绍人层级
head-customers_referred = 介绍的客户
head-their_net_revenue = 其净收入
head-own_profit_referrer = 介绍人自身利润

## 金字塔

pyramid-name = 客户金字塔
pyramid-name_if_assumed = 客户金字塔，按假设毛利率下的收入
pyramid-chart_title = 客户占比与利润占比，按层级
unit-shares = 单位：%；利润占比合计为 100%
pyramid-chart_title_no_share = 客户占比与利润，按层级
unit-profit_without_share = 利润单位：{ $currency_name }，因其合计不为正
pyramid-label_tiers = 各层级
pyramid-label_tiers_if_assumed = 各层级，按假设毛利率下的收入
head-contribution_margin = 边际贡献
head-profit_per_customer = 每客户利润
pyramid-label_prices = 订单与价格，按层级
head-orders_per_customer = 每客户订单
head-net_revenue_per_order = 每单净收入
head-revenue_list_price = 目录价收入
head-discount_rate = 折扣率
head-list_price_kept_profit = 利润占目录价
head-customers_year_earlier = 一年前客户数
head-profit_year_earlier = 一年前利润

## 数据质量

quality-name = 数据质量
quality-note = 每个数据源的每一行，或被使用，或被配置的筛选条件排除，或因故剔除，或不在范围内；行数与金额之和等于所读取的总数。
quality-note_partial_cost = 期内 { $cost_share } 的订单行带有成本；其余按 { $margin } 的假设毛利率计算。
quality-note_estimate = 商品成本是政策假设而非数据，因此本报告中的利润均为估计值。
quality-note_coverage = 期内 { $cost_share } 的订单行带有成本。
quality-label_rows = 订单行
unit-rows_and_amount = 及其净额，单位：{ $currency_name }
head-outcome_of_rows = 订单行
head-number = 数量
head-share = 占比
head-net_amount = 净额
quality-noted_equal_line = { $rows }与同一订单、同一文件中的另一行完全相同：每行各计为一件。
quality-noted_kept_duplicate = { $rows }与先前另一文件中的行或同一行号的行完全相同：按 checks.duplicates 的设置各自计入。
quality-noted_order_in_two_files = { $rows }所属的订单分布在两个文件中：更改后再次提供的行会重复计算。
quality-label_currencies = 币种
unit-their_rates = 全部历史中已使用的订单行；汇率与净收入单位：{ $currency_name }
head-currency = 币种
head-stated_amount = 原币净额
head-lowest_rate = 最低汇率
head-highest_rate = 最高汇率
head-converted_amount = 折算净额
quality-without_rate = { $currency }：{ $rows }，金额 { $amount } { $currency }，因缺少当日汇率而被剔除。
quality-label_sources = 数据源
unit-rows_and_newest_day = 行数，及已使用行的最新日期
head-source = 数据源
head-read = 已读取
head-used = 已使用
head-rejected = 已剔除
head-out_scope = 不在范围内
head-filtered = 被筛选条件排除
head-newest_day = 最新日期
quality-rejected_reason = 已剔除：{ $reason }
quality-configured = 未配置
quality-files_listed = 文件清单
unit-hashes = 每个已读文件由其字节的哈希值固定
head-size = 大小
quality-where_all_files = 共 { $inputs } 个文件，此处列出前 20 个。{ $link_files }及其完整哈希值见方法页。

## 留存与风险

retention-name = 留存与面临流失的利润
retention-finding_nobody = 没有可流失的客户
retention-finding_total = 一年前尚未流失的 { $customers }中，{ $churned } 位此后流失
retention-finding_lapsed = ；他们此前一年曾贡献利润 { $lost_profit }
retention-finding_otherwise = ；他们在一年前的统计期内曾贡献利润 { $lost_profit }
retention-finding_silent = { $customers } 位铂金级与黄金级客户逾期未购或已流失
retention-with_profit = ，面临流失的利润为 { $profit }
retention-with_profit_if_assumed = ，按假设毛利率计算，面临流失的利润为 { $profit }
retention-finding_calm = 铂金级与黄金级的盈利客户中，无人逾期未购或已流失
retention-note = 客户离开不会通知，因此流失是估计值：沉默超过自身节奏的 { $lapsed_late_ratio } 倍，或超过 { $lapsed_days } 天，即视为流失。层级与利润为此前时期的数值；当时已流失者不计入流失率。少于 { $min_cell }时不显示比率。
retention-no_year_ago = 一年前没有客户，因此没有年度流失。
retention-no_earlier = 较早的快照没有客户，因此没有此后的流失。
retention-risk_title = 面临流失的利润，按层级
unit-customers_at_risk = 逾期未购或已流失的盈利客户；统计期利润，单位：{ $currency_name }
head-share_tier_profit = 占盈利客户利润
retention-year_churn_title = 一年前客户中此后流失者，按层级
unit-profit_before = 此前统计期的利润，单位：{ $currency_name }
retention-churn_title = { $earlier }客户中此后流失者，按层级
retention-finding_silent_other = 铂金级与黄金级的 { $tier_customers }中，{ $customers } 位逾期未购或已流失
retention-label_silent = 铂金级与黄金级中逾期未购与已流失的客户
unit-by_window_profit_shown = 利润最高者在前，列出前 { $customers_shown } 位；统计期利润，单位：{ $currency_name }
unit-by_window_profit = 利润最高者在前；统计期利润，单位：{ $currency_name }
head-last_order = 最近订单
head-days_since = 距今天数
head-usual_gap_days = 通常间隔（天）
retention-tiers = 层级 { $usual_gap_days }
retention-nobody_silent = 铂金级与黄金级的盈利客户中，无人逾期未购或已流失。
head-lapsed_now = 此后流失
retention-complaints_title = 投诉后的流失：{ $then }的客户，按层级
unit-complaint_groups = 此前 { $complaint_days } 天内有投诉与无投诉
retention-note_complaints = 差异并非因果：下单越多，投诉的机会也越多。区间采用 Newcombe 方法。两组均至少有 { $min_cell }时才显示比率。
retention-complaints_not_known = 投诉后的流失未知：没有数据源完整说明此前 { $complaint_days } 天内谁曾投诉。

## 近度与频度

rfm-name = 近度与频度
rfm-finding_nobody = 没有可归类的客户
rfm-finding_few = 客户太少，看不出规律
rfm-finding_gone_quiet = 最大的一群下单最少、距今最久：{ $customers }
rfm-finding_otherwise = 最大的一群为 { $customers }，R{ $r_score }、F{ $f_score }
rfm-note = R 为距最近订单天数的得分，F 为统计期内订单数的得分，5 分最好。数值相同则得分相同，因此某一得分可能没有客户。
rfm-label_matrix = 客户，按近度与频度
unit-number_over_profit = 客户数；下方为利润，单位：{ $currency_name }
head-recency = 近度
head-no_value = 无数值
head-to = { $lowest } 至 { $highest }
rfm-finding_with_share = { $rfm_segment }是利润最多的分群：{ $customers }，占总利润的 { $profit_share }
rfm-finding = { $rfm_segment }是利润最多的分群：{ $customers }，{ $profit }
rfm-title = 按近度、频度与收入的分群
head-segment = 分群

## 服务

service-name = 服务
service-finding_not_known = 各层级得到何种服务未知
service-finding_no_cases = 统计期内没有服务请求
service-finding_tiers = 铂金级客户每单请求服务 { $cases_per_order } 次，铅级客户 { $lead_cases_per_order } 次
service-finding_otherwise = { $cases }，对应 { $orders }
service-note_not_known = 没有服务工单数据源。若有，本节将按层级与渠道显示工单、投诉、等待时间与满意度，以及客户投诉之后的行为。
service-note_otherwise = 统计期内建立的工单。等待时间为已答复或已解决工单的中位数；满意度为已评分工单的 5 分制得分。成本为数据源记录的工单成本，否则按费率与处理分钟计算。
service-label_tiers = 服务，按层级
unit-cost = 成本单位：{ $currency_name }
head-case = 有工单者
head-cases = 工单
head-cases_per_order = 每单服务工单数
head-complaints = 投诉
head-customers_complaint = 有投诉的客户
head-minutes_per_case = 每工单分钟
head-hours_first_answer = 首次答复小时
head-hours_solution = 解决小时
head-satisfaction = 满意度
service-note_without_tier = 另有 { $customers }（不属任何层级、内部客户或统计期内无订单）的 { $cases } 个服务工单，成本 { $cost }。该成本不由任何层级承担。
service-label_channels = 服务，按渠道
unit-cases = 统计期内全部工单；成本单位：{ $currency_name }
head-channel = 渠道
head-share_complaints = 投诉占比
head-ordered_again = 再次下单
service-complaints_title = 投诉后的订单：一年前的客户，按层级

## 状态

status-shows = 显示范围
status-data_through = 数据截至
status-data_through_means = 无订单
status-rows_rejected = 剔除行
rows_of_all = { $outcome_rows } / { $rows }
status-checks_passed = 通过检查
of_all = { $checks_held } / { $checks }
status-run = 运行编号

## 关键数字

tiles-name = 关键数字
tiles-note_lines = 报告中各数值下方的线显示过去 53 周中订单数据覆盖其统计期的各周末的数值，各用自己的刻度；细线标出起点水平。
head-change_on_four_weeks = 较该均值
tiles-label = 关键数字及其比较对象
head-figure = 数字
head-now = 当前
head-last_week = 上周
head-earlier = 此前
head-four_week_mean = 四周均值
head-year_earlier = 一年前

## 三种价值视角

value_views-name = 三种价值视角
value_views-finding_nobody = 没有可比较的客户
value_views-finding_lead = 收入为 A 类、利润为铅级：{ $customers }，{ $profit }
value_views-finding_contradict = { $customers } 位客户在一个指标上名列前茅，在另一个指标上垫底
value_views-finding_otherwise = 各指标互不矛盾：没有客户在一个指标上名列前茅而在另一个上垫底
value_views-note = 三种衡量置于同一尺度：价值得分（高、中、低）、收入分类（A、B、C 与 D）、利润层级（铂金级与黄金级、钢铁级、铅级）。若一种衡量将客户列入第一级而另一种列入末级，则相互矛盾。价值得分只看频率、金额与忠诚度，均不考虑成本。
value_views-label_classes = 收入分类与层级
value_views-classes_title = 按收入的分类与按利润的层级
head-revenue = 按收入
value_views-label_agreement = 三种衡量的一致程度
value_views-agreement_title = 三者的一致程度
head-three_measures = 三种衡量
value_views-label_contradictions = 评价相互矛盾的客户
value_views-contradictions_title = 三者评价差异最大的客户
unit-by_lowest_profit = 利润最低者在前，最多 { $list_rows_shown } 位；金额单位：{ $currency_name }
head-value_score = 价值得分
head-by_profit = 按利润
value_views-combinations_title = 三者的全部组合
value_views-label_combinations = 三种衡量的全部组合
value_views-title = 价值得分、收入与利润对照
unit-by_distance = 差异最大者在前；金额单位：{ $currency_name }
head-agreement = 一致性
value_views-where_customers = 每种组合所含的客户见 { $tables }。

## 价格瀑布

waterfall-name = 价格瀑布
waterfall-finding_nobody = 统计期内没有销售
waterfall-finding_profit = 利润占目录价的 { $share_of_list }
waterfall-finding_margin_only = 利润按净收入的 { $margin } 计：商品成本与服务成本均未知
waterfall-finding_assumed = 服务成本占目录价的 { $share_of_list }；毛利率为假设
waterfall-finding_discount = 铅级客户的差别在于折扣：获得目录价 { $share_of_list } 的折扣，{ $other }
waterfall-finding_cost_of_goods = 铅级客户的差别在于商品成本：占其目录价的 { $share_of_list }，{ $other }
waterfall-finding_otherwise = 铅级客户的差别在于服务成本：占其目录价的 { $share_of_list }，{ $other }
waterfall-note = 目录价减折扣、商品成本与服务成本为利润。
waterfall-note_list_price = 若输入没有目录价，则以净收入加输入所记折扣为目录价。
waterfall-chart_title_by_tier = 从目录价到利润，按层级
waterfall-label_tiers = 占目录价之比，按层级
waterfall-chart_title = 从目录价到利润
unit-money_and_share_of_list = 单位：{ $currency_name }，及占目录价的 %
head-step = 步骤
head-list = 占目录价 %

## 鲸鱼曲线

whale-name = 鲸鱼曲线
whale-finding_nobody = 没有客户，也就没有曲线
whale-finding_none_profitable = { $customers }均未贡献利润；合计亏损 { $total_profit }
whale-finding_no_erosion = { $profitable_customers } 位客户贡献利润 { $peak_profit }，且无人侵蚀
whale-finding_all_eroded = { $profitable_customers } 位客户贡献利润 { $peak_profit }；另外 { $unprofitable_customers } 位将其全部侵蚀，并再亏 { $total_profit }
whale-finding_otherwise = { $profitable_customers } 位客户贡献利润 { $peak_profit }；另外 { $unprofitable_customers } 位侵蚀其中的 { $erosion_amount }
whale-note = 客户按利润由高到低排列。客户贡献利润时曲线上升，成本超过所得时曲线下降。
whale-chart_title = 累计利润，最佳客户在前
unit-share_of_total = 占总利润的 %
unit-in = 单位：{ $currency_name }
whale-points_title = 图表数据
whale-label_points = 鲸鱼曲线上的点
head-customers_best_first = 客户（最佳在前）
head-tier_last_one = 末位客户层级
head-profit_cumulated = 累计利润
head-total = 占合计 %

## 组件

ahead-too_few_customers_tell = 客户太少，无法判断
head-customers_then = 当时客户数
head-lapsed_already = 当时已流失
head-not_lapsed_then = 当时未流失
head-churn_rate = 流失率，占当时未流失者
head-profit_then = 当时利润
head-profit_lapsed = 流失客户的利润
head-rate_of_them = 比率
head-complaint = 有投诉
head-without = 无投诉
head-difference_points = 差异（百分点）
head-interval = 区间
complaints-to = { $difference_low } 至 { $difference_high }
complaints-too_few_tell = 样本不足
head-condition_measure = 条件与指标
head-verdict = 判定
head-platinum_gold = 铂金级与黄金级
head-iron_lead = 钢铁级与铅级
head-effect = 效应
head-standardised = 标准化
head-smallest_group = 最小组
conditions-to = { $effect } 至 { $effect2 }
left_out-chart = { $caption }：图表略去，因为图形会显出此处隐去的内容。
horizon-coming_year = 未来一年
horizon-coming_month = 未来一个月
horizon-coming = 未来 { $months }
moved-stayed = 持平于 { $row }
moved-rose = 增长 { $change_rate_on_year }，至 { $row }
moved-fell = 下降 { $change_rate_on_year }，至 { $row }
moved-rose_by = 增加 { $change_on_year }，至 { $row }
moved-fell_by = 减少 { $change_on_year }，至 { $row }
own_class-finding = { $column }：{ $customers }，利润 { $profit }，为最高
own_class-finding_total = { $customers }没有利润
own_class-share_customers_profit = 客户占比与利润占比
unit-money_of = 金额单位：{ $currency }
plain-set = 未设置
range-to = { $low } 至 { $high }
reason-loses = 亏损 { $stake_amount }
reason-without_order = ：{ $days_since_last_order }未下单
reason-times_usual_gap = ，为通常间隔的 { $late_ratio } 倍
reason-year_ago = ，一年前为{ $year_ago_tier }
head-left_side = 左侧
head-right_side = 右侧
head-difference = 差额

## 各版本

aggregate-left_out = 不显示任何单个客户。客户不足 { $min_cell } 位的数字一律隐去，可由其推算出该数字的其他数字也一并隐去：两者均以 * 代替。
aggregate-weeks_left_out = 按周的曲线和与上期相比的变动也一并隐去：其中有的统计期只相差几天，而这几天下单的客户不足 { $min_cell } 位，两期相减便会显出这些客户的金额。
part-means = 本版仅显示一部分客户。其层级、得分与预测均相对于全体客户而定；各项合计仅为这一部分。预测的范围，以及费率变动对层级的影响，只对全体客户说明。数据质量为全部数据源的情况。
part-project = { $project }（{ $part }）
part-region = 地区：{ $value }
part-country = 国家：{ $value }
part-industry = 行业：{ $value }
part-owner = 客户经理：{ $value }

## 建议


## wording/coverage.txt

coverage-current = 订单自{ $first_order_date }开始，因此 { $window_days } 天中只有 { $days_covered } 天有数据。
coverage-previous = 不与 { $compare_days } 天前比较：订单自{ $first_order_date }开始，而当时的统计期自{ $window_start }开始。
coverage-year_ago = 不与一年前比较：订单自{ $first_order_date }开始，而当时的统计期自{ $window_start }开始。

## 一句话

finding_brief-nobody = 统计期内没有客户下单
finding_brief-without_past = 利润 { $profit }；没有更早年度可供比较
finding_brief-without_past_if_assumed = 按假设毛利率计算，利润 { $profit }；没有更早年度可供比较
finding_brief-loss_without_past = 亏损 { $profit }；没有更早年度可供比较
finding_brief-loss_without_past_if_assumed = 按假设毛利率计算，亏损 { $profit }；没有更早年度可供比较
finding_brief-loss = 亏损 { $profit }，与去年同期相同
finding_brief-worse_loss = 亏损 { $profit }，逊于去年同期
finding_brief-smaller_loss = 亏损 { $profit }，但好于去年同期
finding_brief-unchanged = 收入与利润均与去年同期持平
finding_brief-more_thinner = 收入增加，利润增加，利润率下降
finding_brief-more_thinner_if_assumed = 收入增加，按假设毛利率计算的利润增加
finding_brief-more_of_both = 收入增加，利润同步增长
finding_brief-more_revenue_less_profit = 收入增加，利润未增
finding_brief-less_revenue_more_profit = 利润增加，收入未增
finding_brief-less_of_both = 收入与利润均未高于去年同期
evidence-all_agree = 全部 { $reconciliation } 项合计完全相符；每个数字都可由 SQL 重新算出
evidence-otherwise = 并非所有合计都相符；请勿使用本报告
period-days_alone = { $window_start }至{ $last_day }，共 { $window_days } 天。金额单位：{ $currency_name }，已扣除折扣与退货。
period-days_compared_same = { $window_start }至{ $last_day }，共 { $window_days } 天，与去年同期比较。金额单位：{ $currency_name }，已扣除折扣与退货。
period-assumed = 利润为净收入按 { $margin } 的假设毛利率计算，再减去服务成本。
finding_pyramid-nobody = 统计期内没有客户下单，因此没有层级
finding_pyramid-few = 仅 { $customers }，利润 { $profit }：数量太少，层级没有意义
finding_pyramid-none_profitable = 没有客户贡献利润；合计亏损 { $loss }
finding_pyramid-none_profitable_if_assumed = 按假设毛利率计算，没有客户贡献利润；合计亏损 { $loss }
finding_pyramid-only_lead = { $customers }均为铅级；利润合计 { $profit }
finding_pyramid-loss = 客户合计亏损 { $loss }
finding_pyramid-loss_if_assumed = 按假设毛利率计算，客户合计亏损 { $loss }
finding_pyramid-best = { $platinum_share } 的客户贡献利润的 { $profit_share }
finding_pyramid-best_if_assumed = 按假设毛利率计算，{ $platinum_share } 的客户贡献利润的 { $profit_share }
finding_pyramid-no_profit = { $lead_customers } 位铅级客户合计亏损 { $lead_loss }，超过其他客户贡献的全部利润
finding_pyramid-no_profit_if_assumed = 按假设毛利率计算，{ $lead_customers } 位铅级客户合计亏损 { $lead_loss }，超过其他客户贡献的全部利润
finding_pyramid-no_platinum = { $customers }：数量太少，无法形成铂金级
finding_pyramid-none_at_cutoff = { $customers }中无人达到铂金级的利润
finding_pyramid-no_losses = { $platinum_share } 的客户贡献利润的 { $profit_share }；无人侵蚀利润
finding_pyramid-no_losses_if_assumed = 按假设毛利率计算，{ $platinum_share } 的客户贡献利润的 { $profit_share }；无人侵蚀利润
finding_pyramid-losses = { $platinum_share } 的客户贡献利润的 { $profit_share }；{ $lead_share } 的客户合计亏损 { $lead_loss }
finding_pyramid-losses_if_assumed = 按假设毛利率计算，{ $platinum_share } 的客户贡献利润的 { $profit_share }；{ $lead_share } 的客户合计亏损 { $lead_loss }
quality-none_rejected = 读取 { $rows }，无剔除
quality-estimated = 读取 { $rows }，无剔除；但因部分订单行没有成本，利润为估计值
quality-estimated_if_assumed = 读取 { $rows }，无剔除；但因输入没有成本，利润为估计值
quality-rejected = 共 { $read_rows } 行，剔除 { $rows }{ $money }：{ $reason }
quality-otherwise = 共 { $rows } 行，剔除 { $outcome_rows }{ $money }，原因不一
quality-rejected_money = （净收入 { $amount }）
sentence-growth_and_rate = 净收入{ $revenue }，客户利润{ $profit }；利润率由 { $year_ago_value } 变为 { $profit_rate }。
sentence-growth = 净收入{ $revenue }，客户利润{ $profit }。
sentence-growth_if_assumed = 净收入{ $revenue }，按假设毛利率计算的利润{ $profit }。
sentence-top = 铂金级占客户的 { $customer_share }，贡献利润的 { $profit_share }。
sentence-top_without_share = 铂金级占客户的 { $customer_share }；全体客户的利润合计为 { $profit }。
sentence-top_without_share_of_part = 铂金级占客户的 { $customer_share }；本版全体客户的利润合计为 { $profit }。
sentence-losses = 其净收入为 { $net_revenue }。
sentence-lead_discount = 折扣占其目录价的 { $discount_rate }，全体客户为 { $total_discount_rate }。
sentence-lead_discount_of_part = 折扣占其目录价的 { $discount_rate }，本版全体客户为 { $total_discount_rate }。
sentence-discount = 折扣占目录价的 { $discount_rate }。
sentence-moved_down = 降级客户的利润由 { $from_profit }变为 { $to_profit }。
sentence-gone = 他们在当时的统计期内曾贡献利润 { $from_profit }。
sentence-at_risk_and_before = 贡献这些利润的客户逾期未购或已流失；一年前为 { $year_ago_value }。
sentence-at_risk = 贡献这些利润的客户逾期未购或已流失。
sentence_head-more_thinner = 销售增长快于利润。
sentence_head-more_of_both = 销售与利润双增长。
sentence_head-more_revenue_less_profit = 销售增长，利润未增。
sentence_head-less_revenue_more_profit = 利润增长，销售未增。
sentence_head-otherwise = 与去年同期相比：
sentence_head-top = { $customers } 位客户贡献利润 { $profit }。
sentence_head-top_if_assumed = 按假设毛利率计算，{ $customers } 位客户贡献利润 { $profit }。
sentence_head-losses = { $customers } 位铅级客户共亏损 { $profit }。
sentence_head-losses_if_assumed = 按假设毛利率计算，{ $customers } 位铅级客户共亏损 { $profit }。
sentence_head-lead_discount = 铅级客户获得折扣 { $discount_amount }。
sentence_head-discount = 折扣占去 { $discount_amount }。
sentence_head-moved_down = 一年来，{ $customers } 位客户降级，{ $moved_up } 位升级。
sentence_head-gone = 一年前的客户中，{ $customers } 位在当前统计期内没有订单。
sentence_head-at_risk = { $profit_at_risk }的利润面临流失。
sentence_head-at_risk_if_assumed = 按假设毛利率计算，{ $profit_at_risk }的利润面临流失。
tiers-lead_profit_zero = 铅级：利润不大于零。
tiers-lead = 铅级：利润不高于 { $lead_max_profit }。
tiers-absolute = 铂金级：利润不低于 { $platinum_min_profit }；黄金级：不低于 { $gold_min_profit }；其余为钢铁级。
tiers-ranked = 其他客户按利润排序：前 { $platinum_share }（含并列）为铂金级，至前 { $gold_share } 为黄金级，其余为钢铁级。
tiers-ranked_if_assumed = 其他客户按假设毛利率下的利润排序：前 { $platinum_share }（含并列）为铂金级，至前 { $gold_share } 为黄金级，其余为钢铁级。
tiers-profit = 利润为边际贡献减服务成本。

## 邮件正文

mail-checks_passed = 通过检查 { $checks_held } / { $checks }。
head-and_its_rate = 及利润率
mail-no_actions = 按其规则，本报告无特别建议。
mail-link = 打开完整报告
mail-attachment = 完整报告见附件：report.html。
mail-attachment_note = 可用任意浏览器打开，不联网，便于打印。
mail-appendix_note = 其中的链接指向同样附上的 appendix.html，请将两者放在同一文件夹。
mail-appendix_and_method_note = 其中的链接指向同样附上的 appendix.html 与 method.html，请将它们放在同一文件夹。
mail-data = 数据。
mail-not_passed = 未通过：{ $name }。
mail-terms = 术语。
mail-risk_note = 面临流失的利润来自逾期未购或已流失的盈利客户。
mail-internal_use = 仅供内部使用。
mail-headline = 客户利润报告（截至 { $as_of }）
mail-line_draft = 草稿。未发布，请勿外传。
mail-line_data = 数据截至：{ $data_through }
mail-line_no_data = 数据截至：无订单
mail-line_checks = 通过检查：{ $checks_held } / { $checks }
mail-line_run = 运行编号：{ $short_id }
column-profit_rate = 利润率
column-now = 当前
column-year = 较去年
column-profit_assumed = 利润（假设）
mail-line_address = 完整报告：
on_previous-week = 一周来
on_previous-days_before = 较 { $compare_days } 天前
on_previous-otherwise = 较上次运行

## 归档页

archive-heading = 客户利润报告
archive-count_of_one = 已发布一份报告。
archive-count = 已发布 { $entries } 份报告，最新在前。
archive-note = 每份报告保持发布时的原样。
archive-name = 已发布的报告
unit-published_headline = 发布时的主要数字
head-as_of = 截至
head-latest = （最新）
archive-empty = 尚未发布报告。
archive-foot = 由 { $maker } 生成。仅供内部使用。
archive-trend = 历次报告的主要指标
archive-from = 起点 { $first }
archive-trend_means = 每条线从截至 { $first } 的报告到截至 { $last } 的报告，每个有报告的日期为一步，各自按自身刻度；细线标出起点。同一天有两份报告时，以后发布的为准。
archive-no_longer_kept = （已不保留）

## 方法页

method-method_evidence = 方法与证据
method-intro = { $link_report }中每个数字的含义、由哪段 SQL 得出、出自哪些文件。{ $window_start }至{ $last_day }，共 { $window_days } 天；金额单位：{ $currency_name }；每日以 { $timezone } 零点起算。
method-label_run = 本次运行的标识
method-karat = Karat
method-as_of_means = { $as_of }（不含当日）
method-contents = 目录
method-again_title = 如何复核本次运行
method-definitions = 定义
method-thresholds_rates = 阈值与费率
method-segment_map = 分群对照
method-inputs = 输入
method-checks = 检查
method-sums = 合计
method-published_tables = 已发布的表
method-sql = SQL
method-finding = 另一个引擎，同样的 SQL，同样的数字
method-again_script = 运行文件夹内有 { $sql }。它读取所记录的输入文件，按下文顺序原样执行每个 SQL 文件，得出本次运行的每张表。请在运行文件夹中用 DuckDB 命令行执行：
method-again_compare = 可将任一表与 { $tables } 中的表对比。输入文件、SQL 与已发布表的哈希值见下文及 { $json }。运行编号是决定其数字的全部因素的哈希值：截止日、政策、SQL、输入与 Karat 版本。编号相同，则字节相同。
method-again_address = 报告中每个数字都以 { $x } 标明其单元格地址；由多列组成的键以逗号连接。地址中没有模式名的表属于 { $results }。
method-foot = { $project }。客户利润报告的方法与证据，截至 { $as_of }。运行编号 { $short_id }，由 Karat { $version } 生成。

## 定义

definitions-finding = 每个概念一个定义，写在一个 SQL 文件中
definitions-note = 阈值为本次运行所用。总体中每位客户在每种分类中恰有一个取值；输入相同则分类相同。
definitions-population_money = 总体与金额
definitions-snapshot = 快照
definitions-snapshot_means = 截止日（不含当日）时已知的情况，回看 { $window_days } 天的统计期。一次运行有三个快照：当前、此前（早 { $compare_days } 天）与一年前。较早的快照使用今天的数据与规则。若某快照的统计期早于首笔订单 { $coverage_days } 天以上，则不作比较。
definitions-snapshot_means_unknown = 截止日（不含当日）时已知的情况，回看 { $window_days } 天的统计期。一次运行有三个快照：当前、此前（早一个比较期）与一年前。较早的快照使用今天的数据与规则。若某快照的统计期早于首笔订单 { $coverage_days } 天以上，则不作比较。
definitions-population = 总体
definitions-population_means = 统计期内至少有一笔订单或退货单的非内部客户。内部客户属于本企业：其订单单独统计，列在客户类别之下，不承担服务成本。仅有更早订单的客户只作为已知客户，计入生命周期与 D 类。
definitions-order = 订单
definitions-order_means = 订单号相同的全部行，其中至少一行不是退货。只含退货行的单据不是订单：不计入近度、频度、节奏、生命周期、同期群、模型和每单成本；其行数与金额计入其自身日期。只有此类单据的客户，其购买早于历史记录，视为已流失。
definitions-revenue_list_price_discount = 目录价收入、折扣、净收入
definitions-revenue_list_price_discount_means = 总额、从中扣减的部分，以及剩余部分。退货以负数计入。
definitions-contribution_margin_means = 净收入减商品成本。
definitions-contribution_margin_assumed = 订单行没有成本时，假设毛利率为净收入的 { $margin }。
definitions-cost_serve_means = 各作业费率乘以数量之和。各客户之和恰等于费率乘以总数量。
definitions-profit_profit_rate = 利润、利润率
definitions-profit_profit_rate_means = 边际贡献减服务成本；及其与净收入之比。
definitions-material = 重大
definitions-material_means = 首页语句所述金额不低于净收入的 { $material_change_share }。最多显示 { $sentences_shown } 句，金额大者在前。
definitions-four_week_mean_means = 此前四周各周末数值的均值；比率则以各周之和计算。
definitions-profit_risk = 面临流失的利润
definitions-profit_risk_means = 按生命周期阶段逾期未购或已流失的盈利客户在统计期内的利润；某层级的数值为其客户之和，占比以该层级盈利客户的利润为基数。在两个快照之间的周末，自身间隔太少的客户按最近快照的层级衡量。
definitions-tier_absolute = 铂金级：利润不低于 { $platinum_min_profit }；黄金级：不低于 { $gold_min_profit }；其余为钢铁级。
definitions-tier_ranked = 其他客户按利润由高到低排序，名次为 1 加上利润严格更高的客户数：铂金级至全部客户的 { $platinum_share }，黄金级至 { $gold_share }，其余为钢铁级。
definitions-tier_source = 依据 Zeithaml、Rust 与 Lemon（2001）的客户金字塔。
definitions-value = 价值
definitions-abc_d = ABC 与 D
definitions-abc_d_means = 按净收入由大到小；占比以净收入为正的客户的净收入合计为准。该客户之前的累计占比低于 { $abc_a_share } 为 A，低于 { $abc_b_share } 为 B，其余为 C；没有净收入者，以及统计期内没有订单的已知客户，为 D。
definitions-scores_recency_frequency_money = 近度、频度与金额得分
definitions-scores_recency_frequency_money_means = R：距最近订单的天数；F：统计期内的订单数；M：统计期内的净收入。得分 = 5 与 1 +（5 × 严格更差的客户数 / 客户数）的整数部分中的较小者。数值相同则得分相同。
definitions-segment_means = 由三个得分按下方 125 行的对照得出。
definitions-value_score_class = 价值得分与分类
definitions-value_score_class_means = 频率、金额与忠诚度得分的均值。{ $high_value_min_score } 起为高，{ $middle_value_min_score } 起为中，以下为低。
definitions-whale_curve_means = 客户按利润由高到低排列；利润累计，合计为正时以占比表示，否则以金额表示。峰值为正利润之和；侵蚀为负利润之和。
definitions-concentration_means = 贡献利润或收入 { $concentration_share } 的最小客户占比；最好的 { $top_share } 客户所占的份额；以及净收入的基尼系数，人人相同时为 0。计算收入时，净收入为负的客户按 0 计。合计不为正时不适用。
definitions-frequency_loyalty_lifecycle = 频率、忠诚度与生命周期
definitions-frequency_class = 频率分类
definitions-frequency_class_means = 仅下过一单；或统计期内订单数少于复购客户的中位数；或不少于该中位数。
definitions-own_rhythm_late_ratio = 自身节奏、逾期倍数
definitions-own_rhythm_late_ratio_means = 在整个历史中，客户有 { $rhythm_percentile } 的情形能保持的相邻下单日间隔，至少需 { $rhythm_min_gaps } 个间隔；否则取其层级的通常间隔，即其客户通常间隔的中位数；该层级没有时取全体客户的。逾期倍数为距最近订单的天数除以该间隔。
definitions-lifecycle_stage = 生命周期阶段
definitions-lifecycle_stage_means = 取第一个适用者。新客户：首单距今不超过 { $new_customer_days } 天。回流客户：流失之后最近 { $reactivated_days } 天内有订单。已流失：逾期倍数高于 { $lapsed_late_ratio }，或超过 { $lapsed_days } 天没有订单。逾期未购：逾期倍数高于 { $at_risk_late_ratio }，或在没有任何通常间隔可比时，超过 { $silent_days } 天没有订单。活跃：其余。潜在客户：已知但从未下单。各阶段归入四个时期：获客期、成长期、挽留期、流失期。
definitions-churn_churn_rate = 流失、流失率
definitions-churn_churn_rate_means = 没有合同到期可言，因此流失是按规则的估计：已流失者计为流失。某层级的流失率为：较早快照中属于该层级、当时尚未流失而现已流失的客户，除以当时该层级尚未流失的全部客户；当时已流失者单独列出。流失利润为流失客户在较早快照之前的统计期内带来的利润。少于 { $min_cell } 位客户时不显示比率。
definitions-migration = 层级迁移
definitions-migration_means = 客户按较早快照中的层级与当前层级交叉统计。新客户：此后首次下单；回流：此前下过单，但不在较早的统计期内；无订单：当前统计期内没有订单。两个快照均采用今天的数据、规则与费率，因此层级变动只有两种原因：若按较早快照的分界值，当前利润仍属原层级，则为分界值变动；否则为客户自身行为。
definitions-profit_bridge_means = 利润变动恰为六项之和：新客户、回流、升级、层级未变、降级、无订单。每项为相应客户的当前利润减其当时利润。
definitions-cohort_retention = 同期群、留存率
definitions-cohort_retention_means = 首单在同一个月的全部客户为一个同期群；若每月不足 { $min_cell } 位客户则按季度，每季度仍不足则按半年。留存率为同期群中在此后某一等长时段内下单的客户占比。尚未结束的时段没有数值；没有订单的时段为 0。同期群的利润不含按活跃客户计的成本，该成本属于整个统计期。
definitions-net_gross_revenue_retention = 净收入与总收入留存率
definitions-net_gross_revenue_retention_means = 一年前的客户的当前净收入除以其一年前的净收入；总收入留存率中，每位客户的当前净收入至多按当时计。
definitions-silent_customer = 铂金级与黄金级中逾期未购与已流失的客户
definitions-silent_customer_means = 利润面临流失的铂金级与黄金级客户。附录列出利润最高的 { $silent_customers_shown } 位，并统计全部。
definitions-purchase = 购买
definitions-purchase_means = 客户下单的一天，不论金额；同一天的全部订单计为一次。每次购买的消费额取自净收入大于 0 的日子。
definitions-p_alive_expected_purchases = P(alive)、预期购买
definitions-p_alive_expected_purchases_means = 客户仍会再次购买的概率，以及{ $horizon }的购买次数：MBG/NBD 模型（Batislam、Denizel 与 Filiztekin，2007），其参数使历史出现的可能性最大。同时拟合 BG/NBD 模型（Fader、Hardie 与 Lee，2005）以供比较。以周计；自首次购买至最后一个完整日。客户少于 { $model_min_customers } 位或历史少于 { $model_min_days } 天时不拟合。
definitions-expected_spend_profit_lifetime = 预期消费额、利润、生命周期价值
definitions-expected_spend_profit_lifetime_means = 每次购买的消费额出自 Gamma-Gamma 模型（Fader 与 Hardie，2013）。利润与边际贡献按客户所在层级的比率计算：统计期内的利润或边际贡献除以有销售之日的收入，因此其他日子的退货也会降低该比率；统计期内没有订单，或其层级没有购买时，按全体客户的比率。生命周期价值为未来 { $clv_quarters }购买的边际贡献，于季末按年 { $clv_discount_rate } 折现。
definitions-value_risk_means = 客户离开的代价：（1 − P(alive)）×客户仍为客户时{ $horizon }的预期利润，后者为模型的预期利润 / P(alive)，或简单规则的预期利润。P(alive) 低于 { $value_at_risk_min_p_alive } 时按该值计；预期没有利润者无风险价值。
definitions-range = 范围
definitions-range_means = 在正态分布下，合计两侧各取若干标准误，使其包含 { $interval_share } 的情形。标准误有两部分。一是参数的不确定性：其协方差按 delta 方法（Oehlert，1992）传递到合计。二是参数已知时的偶然性：模型自身分布对每位客户的方差之和；对风险价值而言，则为哪些客户已离开。客户平均消费额的离散程度不超过有复购客户中所见。按简单规则得出的购买次数，其方差为以一个泊松计数预测另一个的方差（Krishnamoorthy 与 Peng，2011）。范围不含：利润率、季节、各种变化，以及错误的模型。少于 { $min_cell }的组不予显示。
definitions-test_model = 模型检验
definitions-test_model_means = 模型以截止日前 { $backtest_weeks } 周时已知的情况拟合，并预测这几周。两条简单规则亦然：客户沿用此前一年的频率，历史不足一年时沿用整个历史的频率；以及同样规则，但沉默超过 { $silent_days } 天者计零。各客户偏差之和加合计偏差最小者胜出，误差相等时取更简单的规则；预期购买出自胜出者。
definitions-loyalty_score_class = 忠诚度得分与分类
definitions-loyalty_score_class_means = 1 分，四项标志各加 1 分：最近四个季度中至少 { $loyal_quarters } 个有订单；统计期内至少 { $loyal_repeat_orders } 笔复购订单；售出行的收入至少 { $loyal_full_price_share } 为全价；成为客户至少 { $loyal_tenure_days } 天。{ $loyal_min_score } 分起且既未逾期也未流失者为忠诚；{ $ordinary_min_score } 分起为一般；以下为偶尔。
definitions-kind_customer = 客户类别
definitions-what_known = 何为未知
definitions-what_known_means = 取第一个适用规则的分类：缺少的数据源或列所能说明的规则不适用于任何人，不符合任何规则者即为未知。只有在配置了数据源时，没有行才等于 0。
definitions-kind_industry = 类别、行业
definitions-kind_industry_means = 依据客户资料：零售、商户、渠道或内部；行业由文本对照表得出，该表是 SQL 的一部分。
definitions-country_region_home_market = 国家、地区、本土市场
definitions-country_region_home_market_means = 客户所在国家与地区依据客户资料；两者皆无时依据最近一笔订单；客户的全部收入与利润计入该处。订单行的国家与地区为该行的销售地。仅大小写不同的名称视为同一地点，采用最常见的写法。本地：所在国的所在地区；国内：该国其他地区；海外：其他国家。
definitions-much_few_above = 多、少、高于
definitions-much_few_above_means = 分界值为已知该数值的客户的最近秩分位数。突出是指高于该值，因此数值相同的客户归入同一侧。
definitions-need_class = 需求分类
definitions-need_class_means = 价格敏感型：至少 { $price_sensitive_unit_share } 的件数以 { $price_sensitive_discount_rate } 或更高折扣购入。服务导向型：每单服务工单高于 { $service_led_quantile } 分位数。产品导向型：售出行的收入至少 { $product_led_full_price_share } 为全价，且不超过 { $product_led_max_categories } 个品类。混合型：其余。
definitions-temperament_proxy = 性情（推断）
definitions-temperament_proxy_means = 说明客户如何购买，而非其为人。冲动型：购物篮多为一行，且退货率或访问当日成交占比高于 { $impulsive_return_quantile } 分位数。理性型：折扣销售占比高于 { $rational_discount_quantile } 分位数，且间隔规律（标准差低于均值的 { $rational_max_gap_variation } 倍）或每单访问次数高于 { $researcher_visit_quantile } 分位数。情感型：全价条件同产品导向型，且一个品类占收入的 { $emotional_category_share } 以上。不明显：其余。
definitions-customer_type = 客户类型
definitions-customer_type_means = 取第一个适用者。不满：最近 { $angry_days } 天内至少 { $angry_complaints } 次投诉，或满意度不高于 { $angry_max_satisfaction }。新购：生命周期阶段为新客户。折扣追逐者：至少 { $discount_chaser_order_share } 的销售为折扣销售。冲动型：按性情。反复比较型：每单访问次数高于 { $researcher_visit_quantile } 分位数。疑虑型：首单之前至少 { $sceptic_min_visits } 次访问，或第二次购买之前退回的行数与首次购买相同。忠诚：按忠诚度分类。普通：其余。潜在客户：已知或来访，但从未下单。
definitions-quality_customer = 优质客户
definitions-quality_customer_means = 至少满足五项标志中的 { $quality_min_marks } 项：统计期内到期的每笔款项均按时支付；利润率高于中位数；每单服务工单低于中位数或没有；间隔规律；每笔销售净收入高于中位数。“未知”指仍可能凭未知的标志达到者。
definitions-phase_means = 获客期：潜在客户与新客户。成长期：活跃客户与回流客户。挽留期：逾期未购。流失期：已流失。
definitions-comparisons_dependency_actions = 比较、依赖与行动
definitions-value_three_ways_means = 价值得分、收入分类与利润层级置于三级的同一尺度：高、A、铂金级与黄金级为第一级；中、B 与钢铁级为第二级；低、C、D 与铅级为末级。一种衡量将客户列入第一级而另一种列入末级时，相互矛盾。
definitions-sold_discount = 折扣销售
definitions-sold_discount_means = 折扣至少为目录价 { $price_sensitive_discount_rate } 的订单行；退货行不计。价格敏感：至少 { $price_sensitive_unit_share } 的件数如此购入。让出的毛利：全部折扣除以边际贡献与折扣之和。
definitions-champion_made_discount = 由折扣造就的冠军客户
definitions-champion_made_discount_means = 若以其无折扣订单行的收入与全体客户的净收入相比，会得到不同的金额得分、从而归入其他分群的冠军客户；近度与频度得分不变。
definitions-dependency_account_owner = 对客户经理的依赖
definitions-dependency_account_owner_means = 数据源 customers 中当前由其负责的客户的收入与利润。超过收入或利润的 { $owner_dependency_share } 时标出。
definitions-referral_value = 转介绍价值
definitions-referral_value_means = 某客户所介绍客户的利润，每位只记一次，归于数据源 customers 中所列的介绍人；自荐者不计。
definitions-profit_impact_means = 若购买量不变，决策在同样长的统计期内可改变的利润：可止住的铅级客户亏损、超出层级中位比率的折扣与服务成本、面临流失的利润。同一客户可能涉及多项决策，因此各金额不可相加。
definitions-action_reason_money_stake = 行动、原因、涉及金额
definitions-action_reason_money_stake_means = 行动为 queries/2_business/actions.sql 中第一个符合层级、阶段与类型的行。原因取第一个适用者：已流失、逾期未购、未贡献利润、层级低于一年前、新客户、回流、层级高于一年前、正常购买。涉及金额：铅级客户为其亏损；否则在已知时为风险价值；否则为逾期或已流失者在统计期内的利润；否则为零。不低于 0。
definitions-figures_first_page = 首页数字
definitions-change_means = 当前减此前。仅当基数为正且不超过五倍时以比率表示，否则以金额表示。比率之差以百分点表示。
definitions-sentences = 语句
definitions-sentences_means = 由规则从各表选出，金额大者在前；句数与起始金额见“重大”。规则只陈述事实，不断言原因。

## 阈值

settings-note = { $policy } 的一行与 { $cost_rates } 的各行，由配置得出。SQL 本身不含任何数值。
settings-label_thresholds = 阈值
unit-as_read = 即 SQL 所读取者
head-name = 名称
settings-label_rates = 服务成本费率
settings-rates_title = 服务成本的费率
unit-rates = 单位：{ $currency_name }，或占净收入之比
settings-map_note = 依次为近度、频度与金额得分；共 125 行，每行恰属一个分群。

## 输入

sources-note = 列出、读取或排除的每个对象，由其字节的哈希值固定。
sources-objects = 对象
head-object = 对象
sources-run_why = 本次运行未包含的内容及原因
sources-checks_note = 每项检查选出违规者。严重程度为“停止”的规则被违反时拒绝发布；“警告”则予以列出。
sources-rules_title = 规则及其结果
head-severity = 严重程度
sources-holds = 成立
sources-does_not_hold = 不成立
sources-sums_note = 两侧取自流程的不同位置，在每个快照中都必须完全相符。其名称出自 SQL，保持英文。
sources-published_note = 位于运行文件夹的 { $tables }，格式为 Parquet；results 另有 CSV。
sources-tables = 表
head-table = 表

## SQL

sql-finding = { $files } 个文件，与执行时逐字节相同
sql-note = 按层次排列：canonical 为收到的数据；business 为含义；results 为展示内容。文件的首段注释为其文件头。
sql-makes = 生成
sql-key = 键
sql-reads = 读取
sql-header_note = 说明
sql-sql_text = SQL 文本
sql-rows = ；{ $rows } 行
sql-language = SQL 及其标题、说明与列名保持英文原文。
page-skip_content = 跳到正文

## 数字

number-money = { $n }{ $sign }
number-percent = { $n }%
number-scales = 4=万 8=亿

## 句间

space = { "" }
stop = 。
comma = 、
colon = ：
waterfall-step = { $step } { $amount }
waterfall-steps = { $tier }：{ $steps }。

## 标题与页眉

report-title = 客户利润报告，{ $project }，截至 { $as_of }
report-running_head = { $project }。客户利润报告
report-running_day = 截至 { $as_of }
method-title = 方法与证据，{ $project }，截至 { $as_of }
method-running_head = { $project }。方法与证据
archive-title = 客户利润报告
archive-title_of = 客户利润报告，{ $project }
archive-running_head = { $project }。客户利润报告
mail-label = 客户利润报告，截至 { $as_of }
page-of = { " / " }

## 链接

method-link_report = 客户利润报告
evidence-link_method = 方法页
quality-link_files = 全部文件

## 变化

change-up = 上升 { $amount }
change-down = 下降 { $amount }
change-up_count = 增加 { $amount } 位
change-down_count = 减少 { $amount } 位
change-points_brief = { $points } 个百分点
change-points = { $points } 个百分点
change-unchanged = 持平
change-small = 变化不大
change-not_known = 未知
tile-on_the_year = 较去年 { $change }
tile-on_the_week = 一周来 { $change }
tile-on_days_before = 较 { $days } 天前 { $change }
tile-on_the_earlier_run = 较上次运行 { $change }
tile-no_year = 无去年数据可比
tile-no_previous = 无上期数据可比

## 缺少的数据源

switched_off-customers = 未配置数据源 customers：客户类别、行业、客户经理与转介绍均未知；从未下单者只能由访问得知。
switched_off-service_cases = 未配置数据源 service_cases：各层级的服务、投诉及其后续、服务导向型客户均未知；服务工单在此不计成本。
switched_off-payments = 未配置数据源 payments：谁按时付款未知。
switched_off-visits = 未配置数据源 visits：访问及从未下单的访客未知。
input-not_read = ，未读取：{ $reason }
severity-stop = 停止
severity-warn = 警告
retention-earlier_snapshot = 较早快照
retention-days_ago = { $days } 天前
retention-a_year_ago = 一年前

# --- report.xlsx
workbook-tiers = 层级
workbook-moves = 层级迁移
workbook-definitions = 定义
workbook-rank = 排名
workbook-days_since_order = 距上次订购天数
workbook-compared_with = 对比快照
workbook-to = 至
workbook-profit_now = 现在的利润
workbook-sheet = 工作表
workbook-column = 列
workbook-meaning = 含义
snapshot-previous = 上一快照
snapshot-year_ago = 一年前
means-revenue_list_price = 折扣前的收入；数据中没有目录价时，为净收入加上所记录的折扣
means-discount = 目录价减去实际收费
means-net_revenue = 统计期内总额减去折扣和退货
means-contribution_margin = 净收入减去商品成本
means-cost_to_serve = 各项活动按费率计算：订单、订单行、退货、服务个案、付款
means-profit = 边际贡献减去服务成本
means-tier = 按统计期内的利润在客户金字塔中的位置；铅级为末级
means-profit_impact = 该决策在同样长的统计期内可改变的利润；同一客户可能出现在多行
means-stake = 该客户涉及的金额
means-share = 占总数的比例
means-stage = 按客户自身购买节奏所处的阶段
means-profit_then = 这些客户在较早统计期的利润
means-profit_now = 同一批客户在本统计期的利润
means-rank = 按金额从大到小的名次
means-profit_rate = 利润除以净收入
means-discount_rate = 折扣除以目录价收入
means-customers = 统计期内有销售或退货的客户
means-orders = 统计期内至少有一行不是退货的订单
means-cost_of_goods = 所记录的商品成本；没有成本的订单行按净收入与假设毛利率计算
means-profit_per_customer = 利润除以客户数
means-year_ago = 去年同期的同一数字，按当时的层级
means-decision = 应作出的决策
means-decision_customers = 所涉及的客户
means-responsible = 由谁决定或行动
means-due_date = 截止日期
means-customer_id = 数据中的客户编号
means-customer_name = 客户档案中的名称
means-action = 对该客户的下一步行动
means-owner = 客户档案中的客户经理
means-days_since_order = 从最近一次下单到报告日的天数
means-from_snapshot = 较早的统计期
means-from_tier = 较早统计期内的层级，或没有层级的原因
means-to_tier = 当前层级，或没有订单
means-move_customers = 从前者变为后者的客户

# --- 目标
targets-caption = 目标与实际
targets-target = 目标
targets-gap = 高于或低于目标
targets-churn = 一年内流失
targets-at_most = 上限

# --- 再次购买
selling_again-caption = 一年内的购买情况
selling_again-unit = 一年前的客户，按当时的层级；以及当时尚无订单者；仅有退货不算购买
selling_again-prospects = 当时的潜在客户（首次下单）
selling_again-bought = 此后购买
selling_again-share = 占比

# --- 检查规则，按文件名；英文名称出自 SQL
check-classes_are_total = 每位客户在每种分类中恰有一个值
check-configured_sources_have_rows = 每个已配置的数据源都有可用的行
check-cost_of_goods_is_known = 统计期内每个订单行的商品成本均已知
check-currencies_are_converted = 外币订单行均有当日汇率
check-customer_file_matches_orders = 客户文件包含下过订单的客户
check-customer_words_are_known = 客户文件中的每种客户类别与行业都有对应含义
check-identities_hold = 应当相等的合计全部相等
check-order_lines_come_once = 在重复即停止运行的设置下，没有订单行出现两次
check-order_lines_look_right = 没有订单行看起来有误
check-rates_are_in_project_currency = 汇率以项目货币为单位
check-rejected_money_within_limit = 每个数据源被拒绝的金额均在限度以内
check-rejected_rows_within_limit = 每个数据源被拒绝的行数均在限度以内
check-results_add_up = 各清单、层级迁移与面临流失的利润的合计均等于其快照的客户、净收入与利润
check-snapshots_have_history = 每个快照都有完整的统计期可供比较
check-sources_are_fresh = 每个数据源的最新一行足够新
check-window_has_orders = 报告的统计期内至少有一个订单
